// Go-sdk is a client on github.com/modelcontextprotocol/go-sdk: go-sdk URL.
package main

import (
	"context"
	"errors"
	"log"
	"os"

	"fjmcp.invalid/clients/conversation"
	"github.com/modelcontextprotocol/go-sdk/auth"
	"github.com/modelcontextprotocol/go-sdk/mcp"
	"github.com/modelcontextprotocol/go-sdk/oauthex"
)

const redirectURL = "http://127.0.0.1:33420/callback"

type client struct{ session *mcp.ClientSession }

func main() {
	talk := conversation.Start()
	handler, err := auth.NewAuthorizationCodeHandler(&auth.AuthorizationCodeHandlerConfig{
		DynamicClientRegistrationConfig: &auth.DynamicClientRegistrationConfig{
			Metadata: &oauthex.ClientRegistrationMetadata{
				ClientName:   "go-sdk",
				RedirectURIs: []string{redirectURL},
				GrantTypes:   []string{"authorization_code", "refresh_token"},
			},
		},
		RedirectURL:         redirectURL,
		RequestRefreshToken: true,
		AuthorizationCodeFetcher: func(ctx context.Context, args *auth.AuthorizationArgs) (*auth.AuthorizationResult, error) {
			query, err := talk.SignIn(ctx, args.URL)
			if err != nil {
				return nil, err
			}
			return &auth.AuthorizationResult{Code: query.Get("code"), State: query.Get("state"), Iss: query.Get("iss")}, nil
		},
	})
	if err != nil {
		log.Fatal(err)
	}
	talk.Serve(func(ctx context.Context) (conversation.Client, error) {
		transport := &mcp.StreamableClientTransport{Endpoint: os.Args[1], OAuthHandler: handler}
		session, err := mcp.NewClient(&mcp.Implementation{Name: "go-sdk", Version: "1.0.0"}, nil).Connect(ctx, transport, nil)
		if err != nil {
			return nil, err
		}
		return &client{session}, nil
	})
}

func (c *client) ListTools(ctx context.Context) ([]string, error) {
	list, err := c.session.ListTools(ctx, nil)
	if err != nil {
		return nil, err
	}
	names := []string{}
	for _, tool := range list.Tools {
		names = append(names, tool.Name)
	}
	return names, nil
}

func (c *client) CallTool(ctx context.Context, name string, arguments map[string]any) (string, error) {
	result, err := c.session.CallTool(ctx, &mcp.CallToolParams{Name: name, Arguments: arguments})
	if err != nil {
		return "", err
	}
	text := ""
	for _, content := range result.Content {
		if part, ok := content.(*mcp.TextContent); ok {
			text += part.Text
		}
	}
	if result.IsError {
		return "", errors.New(text)
	}
	return text, nil
}
