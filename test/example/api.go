package example

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
)

// client speaks to a Directus API.
type client struct{ base string }

// createFromFile creates what the file lists, in its order: Anna the collections, Ben the fields that
// came later and the relations.
func (c *client) createFromFile(ctx context.Context, path string) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var todo struct{ Folders, Collections, Fields, Relations []json.RawMessage }
	if err := json.Unmarshal(data, &todo); err != nil {
		return fmt.Errorf("reading %s: %w", path, err)
	}
	for _, body := range append(todo.Folders, todo.Collections...) {
		if err := c.post(ctx, "token-anna", "/collections", body); err != nil {
			return err
		}
	}
	for _, body := range todo.Fields {
		var field struct{ Collection string }
		if err := json.Unmarshal(body, &field); err != nil {
			return fmt.Errorf("reading a field of %s: %w", path, err)
		}
		if err := c.post(ctx, "token-ben", "/fields/"+field.Collection, body); err != nil {
			return err
		}
	}
	for _, body := range todo.Relations {
		if err := c.post(ctx, "token-ben", "/relations", body); err != nil {
			return err
		}
	}
	return nil
}

func (c *client) post(ctx context.Context, token, path string, body []byte) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("posting to %s: %w", path, err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		return fmt.Errorf("reading the answer of %s: %w", path, err)
	}
	if resp.StatusCode >= 300 {
		return fmt.Errorf("posting %.120s to %s: %s: %s", body, path, resp.Status, answer)
	}
	return nil
}
