// Command schemaguard keeps Directus teams from destroying their own schema.
package main

import (
	"os"

	"github.com/schemaguard/schemaguard/internal/cli"
	"github.com/schemaguard/schemaguard/internal/terminal"
)

func main() {
	os.Exit(cli.Main(os.Args, terminal.System(os.Getenv)))
}
