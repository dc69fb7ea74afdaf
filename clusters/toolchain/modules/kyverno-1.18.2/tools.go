//go:build tools

// Names the commands that falldown builds from this pinned module, so that
// `go mod tidy` keeps every dependency of theirs in go.sum.
package tools

import (
	_ "github.com/kyverno/kyverno/cmd/kyverno"
	_ "github.com/kyverno/kyverno/cmd/kyverno-init"
)
