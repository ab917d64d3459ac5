// Package jsvalue holds values as JavaScript has them, because a Directus
// snapshot is what JavaScript made of a database: numbers are doubles, objects
// keep an order of their own, strings are compared in UTF-16.
//
// It knows nothing of Directus and does no I/O. It is not a general JSON
// library: it keeps what encoding/json gives up (key order, duplicate keys,
// lone surrogates) and nothing else.
package jsvalue

// Kind says which kind of JavaScript value a [Value] is.
type Kind uint8

// The kinds of value that JSON and YAML can hold.
const (
	KindNull Kind = iota
	KindBool
	KindNumber
	KindString
	KindList
	KindObject
)

// Value is one JavaScript value. The zero Value is null. Values are to be
// treated as immutable once they are shared.
type Value struct {
	kind Kind
	num  float64 // a bool is 0 or 1
	str  string
	ref  *Object // of an array: vals alone; keeps a Value at 40 bytes
}

// Null returns JavaScript's null.
func Null() Value { return Value{} }

// Bool returns true or false.
func Bool(b bool) Value {
	if b {
		return Value{kind: KindBool, num: 1}
	}
	return Value{kind: KindBool}
}

// Number returns a double.
func Number(f float64) Value { return Value{kind: KindNumber, num: f} }

// String returns a string. Lone surrogates are held in their three-byte form
// (WTF-8), all else is UTF-8.
func String(s string) Value { return Value{kind: KindString, str: s} }

// List returns an array of the given elements, which it keeps.
func List(elems ...Value) Value { return Value{kind: KindList, ref: &Object{vals: elems}} }

// FromObject returns o as a value; nil gives null.
func FromObject(o *Object) Value {
	if o == nil {
		return Value{}
	}
	return Value{kind: KindObject, ref: o}
}

// Kind returns which kind of value v is.
func (v Value) Kind() Kind { return v.kind }

// IsNull tells whether v is null.
func (v Value) IsNull() bool { return v.kind == KindNull }

// Bool returns v's truth if v is a bool, else false.
func (v Value) Bool() bool { return v.kind == KindBool && v.num != 0 }

// Number returns v's number if v is a number, else 0.
func (v Value) Number() float64 {
	if v.kind != KindNumber {
		return 0
	}
	return v.num
}

// Str returns v's string if v is a string, else "".
func (v Value) Str() string { return v.str }

// List returns v's elements if v is an array, else nil. The slice is shared.
func (v Value) List() []Value {
	if v.kind != KindList {
		return nil
	}
	return v.ref.vals
}

// Object returns v's object if v is one, else nil. A nil *Object reads as empty.
func (v Value) Object() *Object {
	if v.kind != KindObject {
		return nil
	}
	return v.ref
}

// Get returns the member called key of an object value; null if v is no object
// or has no such member.
func (v Value) Get(key string) Value {
	m, _ := v.Object().Get(key)
	return m
}
