//go:build tools

package main

// link makes the column of a many-to-one and its relation.
func link(many, name, typ, one string, fieldMeta, meta, schema object) []request {
	if meta == nil {
		meta = object{}
	}
	return []request{
		{"/fields/" + many, field(name, typ, fieldMeta, nil)},
		{"/relations", object{"collection": many, "field": name, "related_collection": one, "meta": meta, "schema": schema}},
	}
}

func alias(on, name, special, iface string, options object) request {
	return request{"/fields/" + on, field(name, "alias", object{"special": []string{special}, "interface": iface, "options": options}, nil)}
}

// relational: every kind of relation, as the Data Studio makes it.
func relational() []request {
	setNull := object{"on_delete": "SET NULL"}
	hidden := object{"hidden": true}
	var all []request
	add := func(rs ...request) { all = append(all, rs...) }

	// many to one, one to many
	add(alias("authors", "articles", "o2m", "list-o2m", object{"template": "{{title}}", "enableCreate": false, "filter": object{"status": object{"_neq": "archived"}}}))
	add(link("articles", "author", "string", "authors", object{"special": []string{"m2o"}, "interface": "select-dropdown-m2o", "options": object{"template": "{{name}}"}, "display": "related-values", "display_options": object{"template": "{{name}}"}},
		object{"one_field": "articles", "sort_field": "sort"}, setNull)...)
	add(link("articles", "user_created_link", "uuid", "directus_users", object{"interface": "select-dropdown-m2o", "special": []string{"m2o"}}, nil, object{})...)
	// file and image
	add(link("articles", "image", "uuid", "directus_files", object{"special": []string{"file"}, "interface": "file-image", "options": object{"crop": false}, "display": "image", "display_options": object{"circle": true}}, nil, setNull)...)
	add(link("articles", "attachment", "uuid", "directus_files", object{"special": []string{"file"}, "interface": "file"}, nil, setNull)...)
	// many to many with an order
	add(alias("articles", "tags", "m2m", "list-m2m", object{"layout": "table", "fields": []string{"tags_id.label"}}), alias("tags", "articles", "m2m", "list-m2m", nil))
	add(request{"/fields/articles_tags", field("sort", "integer", hidden, nil)})
	add(link("articles_tags", "articles_id", "integer", "articles", hidden, object{"one_field": "tags", "junction_field": "tags_id", "sort_field": "sort", "one_deselect_action": "delete"}, object{"on_delete": "CASCADE"})...)
	add(link("articles_tags", "tags_id", "integer", "tags", hidden, object{"one_field": "articles", "junction_field": "articles_id"}, setNull)...)
	// files
	add(alias("articles", "gallery", "files", "files", nil))
	add(link("articles_files", "articles_id", "integer", "articles", hidden, object{"one_field": "gallery", "junction_field": "directus_files_id"}, setNull)...)
	add(link("articles_files", "directus_files_id", "uuid", "directus_files", hidden, object{"junction_field": "articles_id"}, setNull)...)
	// many to any
	add(alias("articles", "blocks", "m2a", "list-m2a", object{"enableSelect": false, "prefix": "{{collection}}: "}))
	add(request{"/fields/articles_blocks", field("item", "string", hidden, nil)}, request{"/fields/articles_blocks", field("collection", "string", hidden, nil)}, request{"/fields/articles_blocks", field("sort", "integer", hidden, nil)})
	add(link("articles_blocks", "articles_id", "integer", "articles", hidden, object{"one_field": "blocks", "junction_field": "item", "sort_field": "sort"}, setNull)...)
	add(request{"/relations", object{"collection": "articles_blocks", "field": "item", "related_collection": nil, "meta": object{
		"one_allowed_collections": []string{"block_text", "block_hero"}, "one_collection_field": "collection", "junction_field": "articles_id",
	}, "schema": nil}})
	// translations
	add(alias("articles", "translations", "translations", "translations", object{"languageField": "code", "defaultLanguage": "en-US", "userLanguage": true}))
	add(link("articles_translations", "articles_id", "integer", "articles", hidden, object{"one_field": "translations", "junction_field": "languages_code"}, setNull)...)
	add(link("articles_translations", "languages_code", "string", "languages", hidden, object{"junction_field": "articles_id"}, setNull)...)
	// tree
	add(alias("categories", "children", "o2m", "list-o2m-tree-view", object{"displayTemplate": "{{name}}"}))
	add(request{"/fields/categories", field("sort", "integer", hidden, nil)})
	add(link("categories", "parent", "integer", "categories", object{"special": []string{"m2o"}, "interface": "select-dropdown-m2o"}, object{"one_field": "children", "sort_field": "sort"}, setNull)...)
	// custom fields on system collections
	add(request{"/fields/directus_users", field("nickname", "string", object{"interface": "input", "note": "What friends say"}, object{"max_length": 40, "is_unique": true})})
	add(alias("directus_users", "written", "o2m", "list-o2m", nil))
	add(link("articles", "editor", "uuid", "directus_users", object{"special": []string{"m2o"}, "interface": "select-dropdown-m2o"}, object{"one_field": "written"}, object{"on_delete": "NO ACTION"})...)
	add(link("directus_users", "favourite_tag", "integer", "tags", object{"special": []string{"m2o"}, "interface": "select-dropdown-m2o"}, nil, setNull)...)
	add(request{"/fields/directus_files", field("licence", "string", object{"interface": "select-dropdown"}, object{"default_value": "CC BY 4.0"})})
	add(request{"/fields/directus_files", field("legal", "alias", object{"special": []string{"alias", "no-data"}, "interface": "presentation-divider"}, nil)})
	return all
}
