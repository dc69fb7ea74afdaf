//go:build tools

// Names the command that falldown builds from this pinned module, so that
// `go mod tidy` keeps every dependency of it in go.sum.
package tools

import (
	_ "github.com/coredns/coredns"
)
