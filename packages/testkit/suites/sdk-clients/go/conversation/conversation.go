// Package conversation lets a test drive a client over stdin and stdout, with one JSON object a line.
package conversation

import (
	"bufio"
	"context"
	"encoding/json"
	"net/url"
	"os"
)

// Command is what the test asks for: to list the tools, or to call Tool with Arguments. Redirect instead is where the
// browser ended after Conversation.SignIn.
type Command struct {
	Tool      string         `json:"tool"`
	Arguments map[string]any `json:"arguments"`
	Redirect  string         `json:"redirect"`
}

// Response is the names of the tools, the text of a result, what the user sees as an error, or a page to open.
type Response struct {
	Tools []string `json:"tools,omitempty"`
	Text  string   `json:"text,omitempty"`
	Error string   `json:"error,omitempty"`
	Open  string   `json:"open,omitempty"`
}

// Client is the client under test.
type Client interface {
	ListTools(ctx context.Context) ([]string, error)
	CallTool(ctx context.Context, name string, arguments map[string]any) (string, error)
}

// Conversation is with the test.
type Conversation struct {
	commands  chan Command
	redirects chan string
}

// Start reads commands and redirects until the end of stdin.
func Start() *Conversation {
	c := &Conversation{commands: make(chan Command), redirects: make(chan string)}
	go func() {
		defer close(c.commands)
		lines := bufio.NewScanner(os.Stdin)
		for lines.Scan() {
			var command Command
			if json.Unmarshal(lines.Bytes(), &command) != nil {
				continue
			}
			if command.Redirect != "" {
				c.redirects <- command.Redirect
			} else {
				c.commands <- command
			}
		}
	}()
	return c
}

// SignIn lets the user's browser open an authorize URL, and returns the query of the redirect.
func (c *Conversation) SignIn(ctx context.Context, authorizeURL string) (url.Values, error) {
	say(Response{Open: authorizeURL})
	select {
	case redirect := <-c.redirects:
		parsed, err := url.Parse(redirect)
		if err != nil {
			return nil, err
		}
		return parsed.Query(), nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Serve connects for each command that finds no client, and responds to it.
func (c *Conversation) Serve(connect func(context.Context) (Client, error)) {
	ctx := context.Background()
	var client Client
	for command := range c.commands {
		if client == nil {
			connected, err := connect(ctx)
			if err != nil {
				say(Response{Error: err.Error()})
				continue
			}
			client = connected
		}
		say(respond(ctx, client, command))
	}
}

func respond(ctx context.Context, client Client, command Command) Response {
	if command.Tool == "" {
		tools, err := client.ListTools(ctx)
		if err != nil {
			return Response{Error: err.Error()}
		}
		return Response{Tools: tools}
	}
	text, err := client.CallTool(ctx, command.Tool, command.Arguments)
	if err != nil {
		return Response{Error: err.Error()}
	}
	return Response{Text: text}
}

func say(response Response) {
	line, _ := json.Marshal(response)
	os.Stdout.Write(append(line, '\n'))
}
