//go:build tools

package main

// interfaceFields: every interface of the Data Studio with options of the kind it has.
func interfaceFields() []request {
	choices := []object{{"text": "One", "value": "1_000"}, {"text": "Yes", "value": "yes", "icon": "check", "children": []object{{"text": "Child", "value": "~"}}}}
	fields := []object{
		field("input", "string", object{"interface": "input", "options": object{"placeholder": "$t:name", "iconLeft": "title", "softLength": 100, "clear": true, "masked": true}, "display": "formatted-value", "display_options": object{"font": "serif", "bold": true, "suffix": " km"}}, nil),
		field("autocomplete", "string", object{"interface": "input-autocomplete-api", "options": object{"url": "https://example.com/search?q={{value}}", "resultsPath": "result.predictions", "trigger": "throttle", "rate": "500"}}, nil),
		field("block_editor", "json", object{"special": []string{"cast-json"}, "interface": "input-block-editor", "options": object{"tools": []string{"header", "list", "code", "image"}}}, nil),
		field("code", "text", object{"interface": "input-code", "options": object{"language": "yaml", "template": "a: 1\nb:\n  - 2\n", "lineNumber": false}}, nil),
		field("multiline", "text", object{"interface": "input-multiline", "options": object{"trim": true}, "note": "Several lines.\nThe second one is long enough to be folded, because it goes on for more than eighty characters.\n\nThe end."}, nil),
		field("markdown", "text", object{"interface": "input-rich-text-md", "options": object{"toolbar": []string{"heading", "bold"}, "customSyntax": []object{{"name": "box", "prefix": "[box]", "suffix": "[/box]", "box": "block"}}}}, nil),
		field("wysiwyg", "text", object{"interface": "input-rich-text-html", "options": object{"toolbar": []string{"undo", "redo", "bold"}, "folder": nil}, "display": "formatted-value", "display_options": object{"format": true}}, nil),
		field("hash", "hash", object{"interface": "input-hash", "special": []string{"hash"}, "options": object{"placeholder": "$t:secret", "masked": true}}, nil),
		field("tags_list", "json", object{"special": []string{"cast-json"}, "interface": "tags", "options": object{"presets": []string{"b", "a"}, "alphabetize": true}, "display": "labels"}, nil),
		field("toggle", "boolean", object{"special": []string{"cast-boolean"}, "interface": "boolean", "options": object{"label": "On", "colorOn": "#0F0"}}, object{"default_value": true}),
		field("date", "dateTime", object{"interface": "datetime", "options": object{"includeSeconds": true, "use24": false}, "display": "datetime", "display_options": object{"relative": true}}, nil),
		field("color", "string", object{"interface": "select-color", "options": object{"presets": []object{{"name": "Red", "color": "#F00"}}}, "display": "color"}, nil),
		field("dropdown", "string", object{"interface": "select-dropdown", "options": object{"choices": choices, "allowOther": true, "allowNone": true}}, nil),
		field("multi", "json", object{"special": []string{"cast-json"}, "interface": "select-multiple-dropdown", "options": object{"choices": choices}}, nil),
		field("checkboxes", "csv", object{"special": []string{"cast-csv"}, "interface": "select-multiple-checkbox", "options": object{"choices": choices, "itemsShown": 8}}, nil),
		field("checkbox_tree", "json", object{"special": []string{"cast-json"}, "interface": "select-multiple-checkbox-tree", "options": object{"choices": choices, "valueCombining": "branch"}}, nil),
		field("icon", "string", object{"interface": "select-icon", "display": "icon", "display_options": object{"filled": true}}, nil),
		field("radio", "string", object{"interface": "select-radio", "options": object{"choices": choices, "iconOn": "check"}}, nil),
		field("slider", "integer", object{"interface": "slider", "options": object{"minValue": 0, "maxValue": 10, "stepInterval": 0.5, "alwaysShowValue": true}, "display": "rating", "display_options": object{"simple": true}}, nil),
		field("map", "geometry", object{"special": []string{"geometry"}, "interface": "map", "options": object{"defaultView": object{"center": object{"lng": 8.5417, "lat": 47.3769}, "zoom": 7.25, "bearing": 0, "pitch": -0.5}, "geometryType": "Point"}}, nil),
		field("repeater", "json", object{"special": []string{"cast-json"}, "interface": "list", "options": object{
			"template": "{{ name }}", "addLabel": "Add", "sort": "name",
			"fields": []object{
				{"field": "name", "name": "name", "type": "string", "meta": object{"field": "name", "width": "half", "type": "string", "required": true, "interface": "input"}},
				{"field": "when", "name": "when", "type": "date", "meta": object{"field": "when", "type": "date", "interface": "datetime", "options": object{"min": "2020-01-01"}}},
			},
		}}, nil),
		field("collection_item", "json", object{"special": []string{"cast-json"}, "interface": "collection-item-dropdown", "options": object{"selectedCollection": "articles", "filter": object{"_and": []object{{"status": object{"_eq": "published"}}}}}}, nil),
		field("group_raw", "alias", object{"special": []string{"alias", "no-data", "group"}, "interface": "group-raw"}, nil),
		field("group_detail", "alias", object{"special": []string{"alias", "no-data", "group"}, "interface": "group-detail", "options": object{"start": "closed", "headerColor": "#A2B5CD"}}, nil),
		field("group_accordion", "alias", object{"special": []string{"alias", "no-data", "group"}, "interface": "group-accordion", "options": object{"accordionMode": false, "start": "first"}}, nil),
		field("divider", "alias", object{"special": []string{"alias", "no-data"}, "interface": "presentation-divider", "options": object{"title": "A title", "inlineTitle": true}, "group": "group_raw"}, nil),
		field("links", "alias", object{"special": []string{"alias", "no-data"}, "interface": "presentation-links", "options": object{"links": []object{{"label": "Open", "type": "primary", "actionType": "url", "url": "https://example.com/{{id}}"}}}, "group": "group_detail"}, nil),
		field("notice", "alias", object{"special": []string{"alias", "no-data"}, "interface": "presentation-notice", "options": object{"color": "warning", "text": "Mind: 1_000 is text, \"yes\" too.\n- one\n- two\n"}, "group": "group_detail"}, nil),
		field("conditional", "string", object{
			"interface": "input", "required": true, "group": "group_accordion", "width": "half",
			"conditions":         []object{{"name": "When on", "rule": object{"_and": []object{{"toggle": object{"_eq": true}}, {"slider": object{"_gt": 5}}}}, "hidden": true, "readonly": true, "required": false, "options": object{"clear": false}}},
			"validation":         object{"_and": []object{{"conditional": object{"_regex": "^[A-Z]{2,3}-\\d+$"}}}},
			"validation_message": "$t:must_match", "translations": []object{{"language": "en-US", "translation": "Conditional"}, {"language": "fr-FR", "translation": "Sous condition"}},
		}, nil),
		field("calculated", "string", object{"interface": "input", "readonly": true, "hidden": true, "sort": 3, "special": []string{"conceal"}}, nil),
	}
	all := []request{collection("all_interfaces", object{"note": "every interface"}, autoKey())}
	for _, f := range fields {
		all = append(all, request{"/fields/all_interfaces", f})
	}
	return all
}
