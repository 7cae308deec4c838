@problem-3 @needs-services
Feature: Problem 3: endpoints are objects that all can read
  A proxy reads the backends of a Service from [EndpointSlices][EPS], and so do ingress controllers, meshes
  and DNS. A slice that names a pod with a wrong node or a wrong address misleads all of them at once.

  [EPS]: https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/

  Rule: EndpointSlices name the backends as they are
    @S19 @core @needs-endpoints
    Scenario: EndpointSlices have the right address, node, pod and readiness
      Given a client pod, and a Service with a backend on every node
      When the API is asked for the Service's EndpointSlices
      Then the EndpointSlices name every backend with its address, node and pod, as ready, and no other address

  Rule: A Service may have endpoints made by hand
  "Services most commonly abstract access to Kubernetes Pods thanks to the selector, but … can abstract other
  kinds of backends"
  ([Services without selectors](https://kubernetes.io/docs/concepts/services-networking/service/#services-without-selectors)).
  The endpoints of several slices are one set.

    @S18 @core @needs-endpointslices
    Scenario Outline: two EndpointSlices are merged, by <protocol>
      Given a client pod, and a Service with two EndpointSlices that were created by hand
      When the client opens <protocol> conversations with the Service's virtual IP
      Then a backend answers
      And every client meets every backend

      Examples:
        | protocol |
        | TCP      |
        | UDP      |

    @S18 @core @needs-endpointslices @needs-endpoints
    Scenario: an EndpointSlice that is deleted takes its endpoints along
      Given a client pod, and a Service with two EndpointSlices that were created by hand
      When one of the EndpointSlices is deleted, and every client keeps asking
      Then every client meets the backend that is left and nobody else
