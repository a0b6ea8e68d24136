// Mcp-go is a client on github.com/mark3labs/mcp-go: mcp-go URL.
package main

import (
	"context"
	"errors"
	"os"

	"fjmcp.invalid/clients/conversation"
	"github.com/mark3labs/mcp-go/client"
	"github.com/mark3labs/mcp-go/mcp"
)

const redirectURL = "http://127.0.0.1:33421/callback"

type signingIn struct {
	*client.Client
	talk *conversation.Conversation
}

func main() {
	talk := conversation.Start()
	talk.Serve(func(ctx context.Context) (conversation.Client, error) {
		c, err := client.NewOAuthStreamableHttpClient(os.Args[1], client.OAuthConfig{
			RedirectURI: redirectURL,
			Scopes:      []string{"forgejo:read", "forgejo:write"},
			TokenStore:  client.NewMemoryTokenStore(),
			PKCEEnabled: true,
		})
		if err != nil {
			return nil, err
		}
		s := &signingIn{c, talk}
		if err := s.signedIn(ctx, func() error { return c.Start(ctx) }); err != nil {
			return nil, err
		}
		initialize := mcp.InitializeRequest{}
		initialize.Params.ProtocolVersion = mcp.LATEST_PROTOCOL_VERSION
		initialize.Params.ClientInfo = mcp.Implementation{Name: "mcp-go", Version: "1.0.0"}
		err = s.signedIn(ctx, func() error {
			_, err := c.Initialize(ctx, initialize)
			return err
		})
		return s, err
	})
}

func (s *signingIn) ListTools(ctx context.Context) ([]string, error) {
	names := []string{}
	err := s.signedIn(ctx, func() error {
		list, err := s.Client.ListTools(ctx, mcp.ListToolsRequest{})
		if err != nil {
			return err
		}
		for _, tool := range list.Tools {
			names = append(names, tool.Name)
		}
		return nil
	})
	return names, err
}

func (s *signingIn) CallTool(ctx context.Context, name string, arguments map[string]any) (string, error) {
	text := ""
	err := s.signedIn(ctx, func() error {
		call := mcp.CallToolRequest{}
		call.Params.Name = name
		call.Params.Arguments = arguments
		result, err := s.Client.CallTool(ctx, call)
		if err != nil {
			return err
		}
		for _, content := range result.Content {
			if part, ok := content.(mcp.TextContent); ok {
				text += part.Text
			}
		}
		if result.IsError {
			return errors.New(text)
		}
		return nil
	})
	return text, err
}

// signedIn repeats a request once, after the user has signed in, where the library says that authorization is required.
func (s *signingIn) signedIn(ctx context.Context, request func() error) error {
	err := request()
	if !client.IsOAuthAuthorizationRequiredError(err) {
		return err
	}
	handler := client.GetOAuthHandler(err)
	verifier, err := client.GenerateCodeVerifier()
	if err != nil {
		return err
	}
	state, err := client.GenerateState()
	if err != nil {
		return err
	}
	if handler.GetClientID() == "" {
		if err := handler.RegisterClient(ctx, "mcp-go"); err != nil {
			return err
		}
	}
	authorizeURL, err := handler.GetAuthorizationURL(ctx, state, client.GenerateCodeChallenge(verifier))
	if err != nil {
		return err
	}
	query, err := s.talk.SignIn(ctx, authorizeURL)
	if err != nil {
		return err
	}
	if err := handler.ProcessAuthorizationResponse(ctx, query.Get("code"), query.Get("state"), verifier); err != nil {
		return err
	}
	return request()
}
