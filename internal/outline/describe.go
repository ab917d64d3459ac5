package outline

import (
	"strings"

	"github.com/schemaguard/schemaguard/internal/jsvalue"
	"github.com/schemaguard/schemaguard/internal/snapshot"
)

// telling is how the first line of an item tells a value: in words, or by
// saying nothing of it.
type telling uint8

const (
	unsaid telling = iota
	shown
	silent
)

// head is the first line of an item, and what it tells.
type head struct {
	target string // of a relation: "-> drivers.id"
	words  []string
	comma  bool // words are a list
	said   [2]map[string]telling
}

func (h *head) text() string {
	if h.comma {
		return strings.Join(h.words, ", ")
	}
	return strings.Join(h.words, " ")
}

// say adds a word that tells the value of a key.
func (h *head) say(in section, key, word string) {
	h.words = append(h.words, word)
	h.note(in, key, shown)
}

// note remembers how the value of a key is told.
func (h *head) note(in section, key string, how telling) {
	if h.said[in] == nil {
		h.said[in] = map[string]telling{}
	}
	h.said[in][key] = how
}

// describe makes the first line of an item.
func describe(item *snapshot.Item) head {
	switch item.Key.Kind {
	case snapshot.Collection:
		return collectionHead(item)
	case snapshot.Field:
		return fieldHead(item)
	case snapshot.Relation:
		return relationHead(item)
	case snapshot.SystemField:
	}
	return systemFieldHead(item)
}

func collectionHead(item *snapshot.Item) head {
	var h head
	if item.Schema().IsNull() {
		h.words = append(h.words, "folder")
	} else {
		h.words = append(h.words, "table")
	}
	if s, ok := item.Meta().Object().Get("singleton"); ok && s.Bool() {
		h.say(inMeta, "singleton", "singleton")
	}
	h.tracking(item)
	return h
}

// tracking says where an item has no meta: null stands for an item that is in
// the database and unknown to Directus.
func (h *head) tracking(item *snapshot.Item) {
	meta, ok := item.Value.Object().Get("meta")
	switch {
	case !ok:
		h.words = append(h.words, "without meta")
	case meta.IsNull():
		h.words = append(h.words, "untracked")
	}
}

func systemFieldHead(item *snapshot.Item) head {
	h := head{words: []string{"system field"}}
	if v, ok := item.Schema().Object().Get("is_indexed"); ok && v.Kind() == jsvalue.KindBool {
		word := "indexed"
		if !v.Bool() {
			word = "not indexed"
		}
		h.say(inSchema, "is_indexed", word)
	}
	return h
}

func relationHead(item *snapshot.Item) head {
	h := head{comma: true}
	schema, meta := item.Schema().Object(), item.Meta().Object()
	related, ok := item.Value.Object().Get("related_collection")
	switch {
	case !ok:
		h.target = "-> (none)"
	case related.IsNull():
		h.target = "-> (any)"
	case related.Kind() == jsvalue.KindString:
		h.target = "-> " + symbol(related.Str())
	default:
		h.target = "-> " + compact(related)
	}
	if key, ok := schema.Get("foreign_key_column"); ok && key.Kind() == jsvalue.KindString {
		h.target += "." + name(key.Str())
		h.note(inSchema, "foreign_key_column", shown)
	}
	if item.Schema().IsNull() {
		h.words = append(h.words, "no foreign key")
	}
	if rule, ok := schema.Get("on_delete"); ok && isRule(rule.Str()) {
		h.say(inSchema, "on_delete", "on delete "+rule.Str())
	}
	for _, key := range []string{"one_field", "junction_field", "sort_field"} {
		if v, ok := meta.Get(key); ok && v.Kind() == jsvalue.KindString {
			h.say(inMeta, key, key+" "+name(v.Str()))
		}
	}
	h.tracking(item)
	return h
}

// isRule tells the rules of a foreign key, as information_schema names them.
func isRule(s string) bool {
	switch s {
	case "NO ACTION", "RESTRICT", "CASCADE", "SET NULL", "SET DEFAULT":
		return true
	}
	return false
}
