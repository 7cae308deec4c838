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

  Rule: A large Service leads to all its endpoints
  The control plane "creates and manages EndpointSlices to have no more than 100 endpoints each" ([EndpointSlices][EPS]).
  A proxy or a mesh that reads one slice of them serves a part of the pods only, and nothing looks wrong. Each
  client opens enough conversations to meet every endpoint, by the formula of S08.

    @S30 @extended @needs-endpointslices
    Scenario: a client meets each of more than a hundred endpoints
      Given a client pod, and a Service with more than a hundred endpoints
      When the client opens TCP and UDP conversations with the Service's virtual IP, enough to see every endpoint
      Then a backend answers
      And every client meets every endpoint

  Rule: An endpoint may be on the host's network
  Metrics of nodes, an API server and a database outside the cluster are behind Services as well. Their
  endpoints have the addresses of nodes, and packets to them take another way through the kernel than
  packets to pods. The endpoint on the client's own node is one of them.

    @S31 @extended @needs-hostnet @needs-endpointslices
    Scenario Outline: the virtual IP leads to host-network pods of every node by <protocol>
      Given a client pod, and a Service with an endpoint on the host's network of every node
      When the client opens <protocol> conversations with the Service's virtual IP
      Then a backend answers
      And every client meets every backend

      Examples:
        | protocol |
        | TCP      |
        | UDP      |
