package canonical

import "slices"

const (
	// maxShape bounds the members of a mapping that is read by shape: whether a
	// key is new is found out by looking at all before it.
	maxShape = 256
	// maxKids bounds the shapes that are remembered behind one shape.
	maxKids = 64
)

// shape is the keys of a mapping so far, in order. The mappings of a snapshot
// have few shapes, so that a key is mostly the one that followed the last time,
// and all mappings of a shape share their keys.
type shape struct {
	parent  *shape
	key     string
	raw     string // the key as written, and its colon
	count   int
	numeric bool     // some key may be an array index
	kids    []*shape // with one key more
	next    *shape   // the one of kids that was used last
	keys    []string // nil until asked for
}

// with returns the shape with one key more; nil if there are too many or key is
// among them.
func (s *shape) with(key, raw string) *shape {
	for _, kid := range s.kids {
		if kid.key == key {
			s.next = kid
			return kid
		}
	}
	if s.count == maxShape {
		return nil
	}
	for up := s; up.parent != nil; up = up.parent {
		if up.key == key {
			return nil
		}
	}
	kid := &shape{parent: s, key: key, raw: raw, count: s.count + 1}
	kid.numeric = s.numeric || (key != "" && key[0] >= '0' && key[0] <= '9')
	if len(s.kids) < maxKids {
		s.kids = append(s.kids, kid)
		s.next = kid
	}
	return kid
}

func (s *shape) allKeys() []string {
	if s.keys == nil {
		keys := make([]string, 0, s.count)
		for up := s; up.parent != nil; up = up.parent {
			keys = append(keys, up.key)
		}
		slices.Reverse(keys)
		s.keys = keys
	}
	return s.keys
}
