// Box is all that the test images hold: it waits to be stopped, and with SOCKET set passes connections to port
// 5432 on to that socket, which makes its container the one that runs the database.
package main

import (
	"io"
	"net"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM, os.Interrupt)
	if socket := os.Getenv("SOCKET"); socket != "" {
		l, err := net.Listen("tcp", ":5432")
		if err != nil {
			panic(err)
		}
		go func() {
			for {
				c, err := l.Accept()
				if err != nil {
					return
				}
				go pass(c, socket)
			}
		}()
	}
	<-stop
}

func pass(c net.Conn, socket string) {
	defer c.Close()
	s, err := net.Dial("unix", socket)
	if err != nil {
		return
	}
	defer s.Close()
	go func() {
		_, _ = io.Copy(s, c)
		_ = s.(*net.UnixConn).CloseWrite()
	}()
	_, _ = io.Copy(c, s)
}
