//go:build docker

package lab

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// registry keeps what is pushed in memory. It knows as much of the distribution protocol
// (https://github.com/distribution/distribution/blob/v2.8.3/docs/spec/api.md) as docker push and pull of
// version 20.10 use.
type registry struct {
	mu      sync.Mutex
	blobs   map[string][]byte // by digest, manifests too
	types   map[string]string // of manifests, by digest
	tags    map[string]string // digest by repository and tag
	uploads map[string][]byte // by number
}

// ServeRegistry serves a registry until the end of a test, and returns its address, which begins with
// 127.0.0.1, so that docker speaks to it without TLS.
func ServeRegistry(t testing.TB) string {
	r := &registry{blobs: map[string][]byte{}, types: map[string]string{}, tags: map[string]string{}, uploads: map[string][]byte{}}
	server := httptest.NewServer(r)
	t.Cleanup(server.Close)
	return strings.TrimPrefix(server.URL, "http://")
}

func digestOf(data []byte) string {
	sum := sha256.Sum256(data)
	return "sha256:" + hex.EncodeToString(sum[:])
}

func (r *registry) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	r.mu.Lock()
	defer r.mu.Unlock()
	w.Header().Set("Docker-Distribution-API-Version", "registry/2.0")
	path := strings.TrimPrefix(req.URL.Path, "/v2/")
	body, err := io.ReadAll(req.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	switch repository, rest, _ := cutLast(path, "/manifests/", "/blobs/uploads/", "/blobs/"); {
	case path == "":
	case strings.Contains(path, "/manifests/"):
		r.manifest(w, req, repository, rest, body)
	case strings.Contains(path, "/blobs/uploads/"):
		r.upload(w, req, repository, rest, body)
	case strings.Contains(path, "/blobs/"):
		r.send(w, req, rest, "application/octet-stream")
	default:
		http.NotFound(w, req)
	}
}

// cutLast splits a path at the first of the words that it has.
func cutLast(path string, words ...string) (before, after string, found bool) {
	for _, word := range words {
		if before, after, found = strings.Cut(path, word); found {
			return before, after, true
		}
	}
	return path, "", false
}

func (r *registry) manifest(w http.ResponseWriter, req *http.Request, repository, reference string, body []byte) {
	digest := reference
	if !strings.HasPrefix(reference, "sha256:") {
		digest = r.tags[repository+":"+reference]
	}
	if req.Method != http.MethodPut {
		r.send(w, req, digest, r.types[digest])
		return
	}
	digest = digestOf(body)
	r.blobs[digest], r.types[digest] = body, req.Header.Get("Content-Type")
	if !strings.HasPrefix(reference, "sha256:") {
		r.tags[repository+":"+reference] = digest
	}
	w.Header().Set("Docker-Content-Digest", digest)
	w.WriteHeader(http.StatusCreated)
}

func (r *registry) send(w http.ResponseWriter, req *http.Request, digest, kind string) {
	data, ok := r.blobs[digest]
	if !ok {
		http.NotFound(w, req)
		return
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Docker-Content-Digest", digest)
	w.Header().Set("Content-Length", fmt.Sprint(len(data)))
	if req.Method != http.MethodHead {
		_, _ = w.Write(data)
	}
}

func (r *registry) upload(w http.ResponseWriter, req *http.Request, repository, number string, body []byte) {
	if req.Method == http.MethodPost {
		number = fmt.Sprint(len(r.uploads) + 1)
	}
	r.uploads[number] = append(r.uploads[number], body...)
	w.Header().Set("Location", "/v2/"+repository+"/blobs/uploads/"+number)
	w.Header().Set("Docker-Upload-UUID", number)
	w.Header().Set("Range", fmt.Sprintf("0-%d", max(0, len(r.uploads[number])-1)))
	digest := req.URL.Query().Get("digest")
	if digest == "" {
		w.WriteHeader(http.StatusAccepted)
		return
	}
	if digest != digestOf(r.uploads[number]) {
		http.Error(w, "another digest", http.StatusBadRequest)
		return
	}
	r.blobs[digest] = r.uploads[number]
	w.Header().Set("Docker-Content-Digest", digest)
	w.WriteHeader(http.StatusCreated)
}
