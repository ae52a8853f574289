// SPDX-License-Identifier: MIT
// Reads a deployment, and a refusal, with a client that oapi-codegen has made.
package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
)

func main() {
	client, err := NewClientWithResponses(os.Args[1])
	if err != nil {
		panic(err)
	}
	read := func(id string) *GetDeploymentResponse {
		params := GetDeploymentParams{
			MiruVersion: os.Args[3],
			Expand:      &[]GetDeploymentParamsExpand{"device", "release"},
		}
		answer, err := client.GetDeploymentWithResponse(context.Background(), id, &params,
			func(_ context.Context, request *http.Request) error {
				request.Header.Set("X-API-Key", os.Args[2])
				return nil
			})
		if err != nil {
			panic(err)
		}
		return answer
	}
	found, refused := read("dpl_123").JSON200, read("dpl_no").JSON404
	fmt.Println(found.Id, found.Device.Name, found.Release.Version, refused.Error.Code,
		refused.Error.Params["resource_id"])
}
