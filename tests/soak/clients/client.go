// SPDX-License-Identifier: MIT

// client URL SIZE TRIES - PUT a body, and count the answers that are 413.
package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
)

func put(url string, body []byte) (int, error) {
	request, err := http.NewRequest(http.MethodPut, url, bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, err
	}
	defer answer.Body.Close()
	_, err = io.Copy(io.Discard, answer.Body)
	return answer.StatusCode, err
}

func main() {
	size, _ := strconv.Atoi(os.Args[2])
	tries, _ := strconv.Atoi(os.Args[3])
	body := bytes.Repeat([]byte("x"), size)
	count := 0
	for i := 0; i < tries; i++ {
		status, err := put(os.Args[1], body)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
		} else if status == http.StatusRequestEntityTooLarge {
			count++
		}
	}
	fmt.Println(count)
}
