package sqlfile

import (
	"fmt"
	"strings"
)

// dateWidth is the number of digits from which a number is taken for a date:
// nobody counts those, so nothing is missing between two of them.
const dateWidth = 8

// numbering judges the numbers and names of all files, which are in order.
func numbering(files []File) []Problem {
	var problems []Problem
	numbers, names := map[uint64]*File{}, map[string]*File{}
	for i := range files {
		f := &files[i]
		folded := strings.ToLower(f.Name)
		if other := names[folded]; other != nil {
			problems = append(problems, Problem{
				Code: DupName, File: f.Path, Name: f.Name,
				Text: fmt.Sprintf("its name is that of %s; both would be one entry of the table", other.Path), Hint: "give one of them another number and name",
			})
		} else if other := numbers[f.Number]; other != nil {
			problems = append(problems, Problem{
				Code: DupNumber, File: f.Path, Name: f.Name,
				Text: fmt.Sprintf("its number %d is that of %s", f.Number, other.Path), Hint: "give the later of the two the next free number",
			})
		}
		names[folded], numbers[f.Number] = f, f
	}
	for _, phase := range []Phase{Pre, Post} {
		problems = append(problems, gaps(files, phase, numbers)...)
	}
	return problems
}

// gaps finds numbers that no file of either phase has, between two of one phase.
func gaps(files []File, phase Phase, taken map[uint64]*File) []Problem {
	var in []File
	for _, f := range files {
		if f.Phase == phase {
			in = append(in, f)
		}
	}
	step := stride(in)
	var problems []Problem
	for i := 1; i < len(in); i++ {
		before, f := in[i-1], in[i]
		if f.Width >= dateWidth || before.Width >= dateWidth {
			continue
		}
		first, last, missing := uint64(0), uint64(0), 0
		for n := before.Number + step; n < f.Number && missing < 1000; n += step {
			if taken[n] == nil {
				if missing++; first == 0 {
					first = n
				}
				last = n
			}
		}
		if missing > 0 {
			problems = append(problems, Problem{Code: Gap, File: f.Path, Name: f.Name, Text: absent(first, last, f.Width, before.Name), Hint: "give the file the number that is free, or allow the gap: --allow gap"})
		}
	}
	return problems
}

func absent(first, last uint64, width int, before string) string {
	if first == last {
		return fmt.Sprintf("no file has number %0*d, after %s", width, first, before)
	}
	return fmt.Sprintf("no file has numbers %0*d to %0*d, after %s", width, first, width, last, before)
}

// stride is the distance in which somebody counts who leaves room in between
// (10, 20, 30), else 1.
func stride(files []File) uint64 {
	if len(files) < 3 {
		return 1
	}
	var common uint64
	for i := 1; i < len(files); i++ {
		common = gcd(common, files[i].Number-files[i-1].Number)
	}
	if common >= 5 {
		return common
	}
	return 1
}

func gcd(a, b uint64) uint64 {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}
