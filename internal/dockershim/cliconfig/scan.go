package cliconfig

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

// object is where the members of the outermost object are in a text.
type object struct {
	data    []byte
	open    int // of {
	close   int // of }
	members []member
}

// member is where a member is: from its key to the end of its value.
type member struct{ start, keyEnd, value, end int }

// span is where an item of a list is.
type span struct{ start, end int }

func (s span) text(data []byte) []byte { return data[s.start:s.end] }

// scan finds the members of the JSON object that data begins with.
func scan(data []byte) (object, error) {
	var raw json.RawMessage
	if err := json.NewDecoder(bytes.NewReader(data)).Decode(&raw); err != nil {
		return object{}, fmt.Errorf("reading docker's configuration: %w", err)
	}
	o := object{data: data, open: space(data, 0)}
	if data[o.open] != '{' {
		return object{}, errors.New("reading docker's configuration: it is no JSON object")
	}
	// From here on the text is known to be good JSON.
	at := space(data, o.open+1)
	for data[at] != '}' {
		m := member{start: at, keyEnd: skip(data, at)}
		m.value = space(data, space(data, m.keyEnd)+1)
		m.end = skip(data, m.value)
		o.members = append(o.members, m)
		at = comma(data, m.end)
	}
	o.close = at
	return o, nil
}

func listItems(data []byte, list member) []span {
	var items []span
	for at := space(data, list.value+1); data[at] != ']'; {
		it := span{at, skip(data, at)}
		items = append(items, it)
		at = comma(data, it.end)
	}
	return items
}

// space returns where what follows white space begins.
func space(data []byte, at int) int {
	for at < len(data) && bytes.IndexByte([]byte(" \t\r\n"), data[at]) >= 0 {
		at++
	}
	return at
}

// comma returns where the next member or item begins, or the bracket that closes.
func comma(data []byte, at int) int {
	at = space(data, at)
	if data[at] == ',' {
		at = space(data, at+1)
	}
	return at
}

// skip returns the end of the value that begins at a place.
func skip(data []byte, at int) int {
	depth := 0
	for ; at < len(data); at++ {
		switch data[at] {
		case '"':
			for at++; data[at] != '"'; at++ {
				if data[at] == '\\' {
					at++
				}
			}
		case '{', '[':
			depth++
			continue
		case '}', ']':
			depth--
		default:
			if depth > 0 || scalar(data, at+1) {
				continue
			}
		}
		if depth == 0 {
			return at + 1
		}
	}
	return at
}

// scalar tells whether a number, true, false or null goes on at a place.
func scalar(data []byte, at int) bool {
	return at < len(data) && bytes.IndexByte([]byte(" \t\r\n,:]}"), data[at]) < 0
}

// before returns the white space between a place and what stands before it.
func before(data []byte, at, limit int) string {
	start := at
	for start > limit && bytes.IndexByte([]byte(" \t\r\n"), data[start-1]) >= 0 {
		start--
	}
	return string(data[start:at])
}

// append returns the text with one more member, set as the last one is.
func (o object) append(key, value string) []byte {
	if len(o.members) == 0 {
		return splice(o.data, o.open+1, o.close, "\n\t"+key+": "+value+"\n")
	}
	last := o.members[len(o.members)-1]
	colon := string(o.data[last.keyEnd:last.value])
	return splice(o.data, last.end, last.end, ","+before(o.data, last.start, o.open+1)+key+colon+value)
}

// remove returns the text without a member.
func (o object) remove(m member) []byte {
	for i := range o.members {
		switch {
		case o.members[i] != m:
		case i > 0:
			return splice(o.data, o.members[i-1].end, m.end, "")
		case len(o.members) > 1:
			return splice(o.data, m.start, o.members[1].start, "")
		}
	}
	if len(o.members) == 1 {
		return splice(o.data, o.open+1, o.close, "")
	}
	return o.data
}
