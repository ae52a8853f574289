// SPDX-License-Identifier: MIT
// Drives the server with a client that oapi-codegen has made: the clock, rows, faults, the journal,
// changes, and a refusal.
package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"os"
	"time"
)

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

// A request of the API.
func ask(method, body string) {
	request := must(http.NewRequest(method, os.Args[1]+"/beta/devices/dvc_123",
		bytes.NewBufferString(body)))
	request.Header.Set("X-API-Key", "miru_mock_admin")
	request.Header.Set("Miru-Version", "2026-08-17.everglades")
	must(http.DefaultClient.Do(request)).Body.Close()
}

func main() {
	control := must(NewClientWithResponses(os.Args[1]))
	c := context.Background()
	now := time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
	clock := must(control.PutClockWithResponse(c, nil,
		PutClockJSONRequestBody{Mode: "frozen", Now: &now})).JSON200
	device := must(control.ReadDeviceWithResponse(c, "dvc_123",
		&ReadDeviceParams{Expand: &[]ReadDeviceParamsExpand{"group"}})).JSON200
	limit := 1
	page := must(control.ReadDevicesWithResponse(c, &ReadDevicesParams{Limit: &limit})).JSON200

	must(control.PutFaultsWithBodyWithResponse(c, nil, "application/json", bytes.NewBufferString(
		`{"faults": [{"operation": "getDevice", "status": 503, "body": null}]}`)))
	ask("GET", "")
	operation := "getDevice"
	rule := must(control.GetFaultsWithResponse(c, nil)).JSON200.Faults[0]
	entry := must(control.GetRequestsWithResponse(c,
		&GetRequestsParams{Operation: &operation})).JSON200.Requests[0]
	must(control.DeleteFaultsWithResponse(c, nil))
	ask("PATCH", `{"name": "renamed"}`)
	change := must(control.GetChangesWithResponse(c, nil)).JSON200.Changes[0]
	refused := must(control.AdvanceClockWithResponse(c, nil,
		AdvanceClockJSONRequestBody{Seconds: -1})).JSON400

	fmt.Println(clock.Mode, device.Id, device.Group.Id, len(page.Data), *rule.Operation,
		*entry.Status, *entry.Operation, change.Change, *change.Field, change.To,
		refused.Error.Code)
}
