//go:build directus

package recyclebin

import (
	"fmt"
	"strings"
)

const key = `{"field":"id","type":"integer","schema":{"is_primary_key":true,"has_auto_increment":true},"meta":{"hidden":true}}`

// kept is what stays: authors and languages, before anything refers to them.
func (s *scene) kept() {
	s.post("/collections", `{"collection":"content","schema":null,"meta":{"icon":"folder"}}`)
	s.post("/collections", `{"collection":"authors","schema":{},"meta":{"group":"content"},"fields":[`+key+`,{"field":"name","type":"string","meta":{},"schema":{}}]}`)
	s.post("/collections", `{"collection":"languages","schema":{},"meta":{},"fields":[{"field":"code","type":"string","schema":{"is_primary_key":true,"max_length":5},"meta":{}}]}`)
	s.post("/collections", `{"collection":"pages","schema":{},"meta":{},"fields":[`+key+`,{"field":"blocks","type":"alias","meta":{"special":["m2a"]}}]}`)
	s.post("/collections", `{"collection":"pages_blocks","schema":{},"meta":{"hidden":true},"fields":[`+key+`,{"field":"pages_id","type":"integer","meta":{},"schema":{}},{"field":"item","type":"string","meta":{},"schema":{}},{"field":"collection","type":"string","meta":{},"schema":{}}]}`)
	s.post("/relations", `{"collection":"pages_blocks","field":"pages_id","related_collection":"pages","meta":{"one_field":"blocks","junction_field":"item"},"schema":{"on_delete":"CASCADE"}}`)
	s.post("/relations", `{"collection":"pages_blocks","field":"item","related_collection":null,"meta":{"one_collection_field":"collection","one_allowed_collections":["authors","languages"],"junction_field":"pages_id"}}`)
	s.post("/items/authors", `[{"name":"Anna"},{"name":"Bea"}]`)
	s.post("/items/languages", `[{"code":"de"},{"code":"en"}]`)
}

// doomed is what goes: articles with every kind of relation.
func (s *scene) doomed() {
	geometry := ""
	if s.postgis {
		geometry = `,{"field":"place","type":"geometry.Point","meta":{},"schema":{}}`
	}
	group := `"content"`
	if s.cannotDropTrees() {
		group = "null"
	}
	s.post("/collections", `{"collection":"articles","schema":{},"meta":{"icon":"article","group":`+group+`,"sort_field":"rank","archive_field":"status","item_duplication_fields":["title"]},"fields":[`+key+`,
{"field":"title","type":"string","meta":{"interface":"input","options":{"zeta":1,"alpha":"b"}},"schema":{"is_nullable":false,"max_length":100,"is_unique":true}},
{"field":"status","type":"string","meta":{},"schema":{"default_value":"draft"}},{"field":"rank","type":"integer","meta":{},"schema":{"is_indexed":true}},
{"field":"price","type":"decimal","meta":{},"schema":{"numeric_precision":10,"numeric_scale":2}},{"field":"extra","type":"json","meta":{},"schema":{}},
{"field":"sent","type":"timestamp","meta":{},"schema":{}},{"field":"author","type":"integer","meta":{"special":["m2o"]},"schema":{}},
{"field":"parent","type":"integer","meta":{"special":["m2o"]},"schema":{}},{"field":"image","type":"uuid","meta":{"special":["file"]},"schema":{}}`+geometry+`]}`)
	s.post("/collections", `{"collection":"tags","schema":{},"meta":{},"fields":[`+key+`,{"field":"tag","type":"string","meta":{},"schema":{}}]}`)
	for _, junction := range [][4]string{{"articles_tags", "tags_id", "integer", "tags"}, {"articles_translations", "languages_code", "string", "languages"}, {"articles_files", "directus_files_id", "uuid", "directus_files"}} {
		s.post("/collections", fmt.Sprintf(`{"collection":%q,"schema":{},"meta":{"hidden":true},"fields":[%s,{"field":"articles_id","type":"integer","meta":{},"schema":{}},{"field":%q,"type":%q,"meta":{},"schema":{}},{"field":"text","type":"text","meta":{},"schema":{}}]}`,
			junction[0], key, junction[1], junction[2]))
	}
	for _, alias := range [][3]string{{"articles", "tags", "m2m"}, {"articles", "translations", "translations"}, {"articles", "files", "files"}, {"articles", "children", "o2m"}, {"authors", "articles", "o2m"}} {
		if alias[1] == "children" && s.cannotDropTrees() {
			continue
		}
		s.post("/fields/"+alias[0], fmt.Sprintf(`{"field":%q,"type":"alias","meta":{"special":[%q]}}`, alias[1], alias[2]))
	}
	for _, r := range [][6]string{
		{"articles", "author", "authors", "articles", "", "SET NULL"},
		{"articles", "parent", "articles", "children", "", "NO ACTION"},
		{"articles", "image", "directus_files", "", "", "SET NULL"},
		{"articles_tags", "articles_id", "articles", "tags", "tags_id", "CASCADE"},
		{"articles_tags", "tags_id", "tags", "", "articles_id", "SET NULL"},
		{"articles_translations", "articles_id", "articles", "translations", "languages_code", "SET NULL"},
		{"articles_translations", "languages_code", "languages", "", "articles_id", "SET NULL"},
		{"articles_files", "articles_id", "articles", "files", "directus_files_id", "SET NULL"},
		{"articles_files", "directus_files_id", "directus_files", "", "articles_id", "SET NULL"},
	} {
		if r[1] == "parent" && s.cannotDropTrees() {
			continue
		}
		s.post("/relations", fmt.Sprintf(`{"collection":%q,"field":%q,"related_collection":%q,"meta":{"one_field":%s,"junction_field":%s},"schema":{"on_delete":%q}}`, r[0], r[1], r[2], orNull(r[3]), orNull(r[4]), r[5]))
	}
	place := ""
	if s.postgis {
		place = `,"place":{"type":"Point","coordinates":[8.5,47.25]}`
	}
	s.post("/items/tags", `[{"tag":"red"},{"tag":"blue"}]`)
	s.post("/items/articles", `[{"title":"one","rank":3,"price":"12.50","extra":{"b":1,"a":[null,2]},"sent":"2026-05-04T12:00:00Z","author":1,"tags":[{"tags_id":1},{"tags_id":2}],"translations":[{"languages_code":"de","text":"eins"}]`+place+`},{"title":"two","author":2}]`)
	s.post("/items/articles", `{"title":"three","parent":1,"author":1}`)
	s.patch("/relations/pages_blocks/item", `{"meta":{"one_allowed_collections":["authors","articles","languages"]}}`)
	s.post("/items/pages", `{"blocks":[{"collection":"articles","item":{"title":"in a page"}},{"collection":"authors","item":1}]}`)
	flow := s.post("/flows", `{"name":"on articles","trigger":"event","options":{"type":"action","scope":["items.create"],"collections":["articles"]},"status":"inactive"}`)
	s.post("/operations", fmt.Sprintf(`{"flow":%q,"name":"read","key":"read","type":"item-read","position_x":1,"position_y":1,"options":{"collection":"articles"}}`, flow))
	board := s.post("/dashboards", `{"name":"board"}`)
	s.post("/panels", fmt.Sprintf(`{"dashboard":%q,"type":"list","position_x":1,"position_y":1,"width":5,"height":5,"show_header":true,"options":{"collection":"articles"}}`, board))
}

// cannotDropTrees tells that this Directus leaves a collection where it is that lies in
// a folder or refers to itself.
func (s *scene) cannotDropTrees() bool { return strings.HasPrefix(s.version, "10.") }

func orNull(s string) string {
	if s == "" {
		return "null"
	}
	return fmt.Sprintf("%q", s)
}

// reader makes a user who may read articles and authors, with a bookmark.
func (s *scene) reader() {
	role := s.post("/roles", `{"name":"reader"}`)
	if strings.HasPrefix(s.version, "10.") {
		user := s.post("/users", fmt.Sprintf(`{"email":"reader@example.com","password":"lab-password","role":%q,"token":%q}`, role, readerToken))
		for _, collection := range []string{"articles", "authors"} {
			s.post("/permissions", fmt.Sprintf(`{"role":%q,"collection":%q,"action":"read","fields":["*"]}`, role, collection))
		}
		s.post("/presets", fmt.Sprintf(`{"user":%q,"collection":"articles","bookmark":"mine","layout":"tabular"}`, user))
		s.post("/presets", fmt.Sprintf(`{"role":%q,"collection":"articles","bookmark":"ours","layout":"tabular"}`, role))
		return
	}
	policy := s.post("/policies", `{"name":"read","admin_access":false,"app_access":false}`)
	s.post("/access", fmt.Sprintf(`{"role":%q,"policy":%q}`, role, policy))
	user := s.post("/users", fmt.Sprintf(`{"email":"reader@example.com","password":"lab-password","role":%q,"token":%q}`, role, readerToken))
	for _, collection := range []string{"articles", "authors"} {
		fields := `["*"]`
		if collection == "authors" && strings.HasPrefix(s.version, "11.") { // 12 wants a licence for that
			fields = `["id","name","articles"]`
		}
		s.post("/permissions", fmt.Sprintf(`{"policy":%q,"collection":%q,"action":"read","fields":%s,"permissions":null,"validation":null}`, policy, collection, fields))
	}
	s.post("/presets", fmt.Sprintf(`{"user":%q,"collection":"articles","bookmark":"mine","layout":"tabular"}`, user))
}
