package jsvalue

import "math"

// AppendJSON appends v as JavaScript's JSON.stringify writes it: no spaces,
// NaN and the infinities as null, lone surrogates escaped.
func AppendJSON(dst []byte, v Value) []byte {
	switch v.kind {
	case KindNull, KindBool:
		return append(dst, Text(v)...)
	case KindNumber:
		if math.IsNaN(v.num) || math.IsInf(v.num, 0) {
			return append(dst, "null"...)
		}
		return append(dst, FormatNumber(v.num)...)
	case KindString:
		return appendJSONString(dst, v.str)
	case KindList:
		dst = append(dst, '[')
		for i, e := range v.ref.vals {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = AppendJSON(dst, e)
		}
		return append(dst, ']')
	default:
		dst = append(dst, '{')
		for i := range v.ref.Len() {
			key, m := v.ref.At(i)
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = append(appendJSONString(dst, key), ':')
			dst = AppendJSON(dst, m)
		}
		return append(dst, '}')
	}
}

func appendJSONString(dst []byte, s string) []byte {
	const hex = "0123456789abcdef"
	dst = append(dst, '"')
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			dst = append(dst, '\\', c)
		case c == '\b':
			dst = append(dst, '\\', 'b')
		case c == '\f':
			dst = append(dst, '\\', 'f')
		case c == '\n':
			dst = append(dst, '\\', 'n')
		case c == '\r':
			dst = append(dst, '\\', 'r')
		case c == '\t':
			dst = append(dst, '\\', 't')
		case c < ' ':
			dst = append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		case c == 0xED && i+2 < len(s) && s[i+1] >= 0xA0:
			r := 0xD000 | uint(s[i+1]&0x3F)<<6 | uint(s[i+2]&0x3F)
			dst = append(dst, '\\', 'u', hex[r>>12], hex[r>>8&15], hex[r>>4&15], hex[r&15])
			i += 2
		default:
			dst = append(dst, c)
		}
	}
	return append(dst, '"')
}
