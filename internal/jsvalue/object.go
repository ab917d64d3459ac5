package jsvalue

import (
	"slices"
	"sort"
	"strconv"
)

// indexAbove is the number of members from which an object keeps an index;
// below it a scan is faster.
const indexAbove = 24

// Object is a JavaScript object: members in order, each key once.
type Object struct {
	keys  []string
	vals  []Value
	index map[string]int
}

// NewObject returns an empty object with room for n members.
func NewObject(n int) *Object {
	return &Object{keys: make([]string, 0, n), vals: make([]Value, 0, n)}
}

// ObjectOf returns an object of the given members, keys[i] having the value
// vals[i]. It keeps both slices; no key may occur twice. Objects may share one
// keys slice: none of them ever writes to it.
func ObjectOf(keys []string, vals []Value) *Object {
	o := &Object{keys: slices.Clip(keys), vals: vals[:len(keys):len(keys)]}
	o.reindex()
	return o
}

// Set gives key the value v. As in JavaScript an existing key keeps its place
// and takes the new value.
func (o *Object) Set(key string, v Value) {
	if i := o.Index(key); i >= 0 {
		o.vals[i] = v
		return
	}
	o.keys = append(o.keys, key)
	o.vals = append(o.vals, v)
	if o.index != nil {
		o.index[key] = len(o.keys) - 1
	} else {
		o.reindex()
	}
}

func (o *Object) reindex() {
	if len(o.keys) <= indexAbove {
		return
	}
	o.index = make(map[string]int, 2*len(o.keys))
	for i, k := range o.keys {
		o.index[k] = i
	}
}

// Get returns the value of key, and whether o has it. A nil o has no members.
func (o *Object) Get(key string) (Value, bool) {
	if i := o.Index(key); i >= 0 {
		return o.vals[i], true
	}
	return Value{}, false
}

// Len returns the number of members; 0 for a nil o.
func (o *Object) Len() int {
	if o == nil {
		return 0
	}
	return len(o.keys)
}

// At returns the i-th member in order.
func (o *Object) At(i int) (key string, v Value) { return o.keys[i], o.vals[i] }

// Keys returns the keys in order. The slice is shared.
func (o *Object) Keys() []string {
	if o == nil {
		return nil
	}
	return o.keys
}

// With returns a copy of o in which key has the value v.
func (o *Object) With(key string, v Value) *Object {
	c := o.clone(o.Len() + 1)
	c.Set(key, v)
	return c
}

// Without returns a copy of o that lacks the given keys.
func (o *Object) Without(keys ...string) *Object {
	c := NewObject(o.Len())
next:
	for i := range o.Len() {
		k, v := o.At(i)
		for _, drop := range keys {
			if k == drop {
				continue next
			}
		}
		c.Set(k, v)
	}
	return c
}

// InPropertyOrder returns o with its members as JavaScript enumerates them:
// integer-like keys first, by number, then the others in order of insertion
// (ECMA-262, OrdinaryOwnPropertyKeys).
func (o *Object) InPropertyOrder() *Object {
	ints := 0
	for _, k := range o.Keys() {
		if _, ok := arrayIndex(k); ok {
			ints++
		}
	}
	if ints == 0 {
		return o
	}
	order := make([]int, o.Len())
	for i := range order {
		order[i] = i
	}
	sort.SliceStable(order, func(a, b int) bool {
		x, xok := arrayIndex(o.keys[order[a]])
		y, yok := arrayIndex(o.keys[order[b]])
		if xok && yok {
			return x < y
		}
		return xok && !yok
	})
	c := NewObject(o.Len())
	for _, i := range order {
		c.Set(o.keys[i], o.vals[i])
	}
	return c
}

func (o *Object) clone(room int) *Object {
	c := NewObject(room)
	for i := range o.Len() {
		c.Set(o.At(i))
	}
	return c
}

// Index returns which member key is, counting from 0; -1 if o has no such key.
func (o *Object) Index(key string) int {
	if o == nil {
		return -1
	}
	if o.index != nil {
		if i, ok := o.index[key]; ok {
			return i
		}
		return -1
	}
	for i, k := range o.keys {
		if k == key {
			return i
		}
	}
	return -1
}

// arrayIndex tells whether a property name is an "array index": the decimal
// text, without sign or leading zero, of an integer below 2^32-1.
func arrayIndex(key string) (uint64, bool) {
	if key == "" || len(key) > 10 || (key[0] == '0' && len(key) > 1) {
		return 0, false
	}
	n, err := strconv.ParseUint(key, 10, 64)
	if err != nil || key[0] == '+' || n >= 1<<32-1 {
		return 0, false
	}
	return n, true
}
