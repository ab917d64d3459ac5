// Package summary puts a verdict in order for people: which changes belong
// together, what they cost in all, and how numbers, losses and hostile names are
// said. Every form of a report is made from what it says, so that all of them
// say the same.
//
// It is pure, and knows nothing of formats.
package summary
