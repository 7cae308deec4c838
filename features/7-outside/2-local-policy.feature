@problem-4 @needs-services @needs-nodeport @extended @needs-multi @needs-outside
Feature: Problem 4: a Service may keep the addresses of clients outside
  A node that forwards a client's packets to another node hides the client behind its own address. Access lists, logs and
  rate limits of the application then see nodes in place of clients. With externalTrafficPolicy Local a node sends packets
  from outside to its own backends alone, so it need not translate the source: "kube-proxy only proxies proxy requests to
  local endpoints, and does not forward traffic to other nodes. This approach preserves the original source IP address"
  ([source IP][SIP]).

  The price is that a node without a backend does not answer. So a load balancer must know which nodes have one. It asks
  each node at the Service's health check node port.

  [SIP]: https://kubernetes.io/docs/tutorials/services/source-ip/#source-ip-for-services-with-type-nodeport

  Rule: Local keeps the client's address
  A hop between the client and the nodes may translate too. Then the backend sees an address that belongs to no node and to
  no pod, and the scenario is inconclusive.

    @X05
    Scenario Outline: the backend sees the client outside by <protocol>
      Given a client outside the cluster, and Services with the external traffic policy Local
      When the client opens <protocol> conversations with the Service's node port on every node with a backend
      Then a backend on the node that is dialled answers
      And the server sees the client's own address as its peer

      Examples:
        | protocol |
        | TCP      |
        | UDP      |

  Rule: Local answers only where a backend is
  "If there are no local endpoints, packets sent to the node are dropped" ([source IP][SIP]). Some networks refuse them;
  that is fine, too. The same Service answers on the node that has its backend, and a Service without the policy over the
  same backend answers on every node at the same time.

    @X06 @waits
    Scenario Outline: a node without a backend is silent by <protocol>
      Given a client outside the cluster, and Services with the external traffic policy Local
      When the client opens <protocol> conversations with the Service's node port on every node
      Then no backend answers on a node without a backend
      And a backend on the node that is dialled answers
      And a Service without the policy answers at the same time

      Examples:
        | protocol |
        | TCP      |
        | UDP      |

  Rule: A health check tells where a backend is
  A Service of type LoadBalancer with the policy Local has a healthCheckNodePort. The service proxy of each node answers
  there: 200 if the node has a ready backend, and 503 if it has none ([health check][HC]). A terminating backend does not
  count, although it still serves. Load balancers send packets to nodes with 200 alone. Such a Service gets this port also where no load balancer exists.

  [HC]: https://kubernetes.io/docs/reference/networking/virtual-ips/#external-traffic-policy

    @X07 @needs-healthcheck @needs-endpoints @makes-pods
    Scenario: nodes with a backend are healthy, and no others
      Given a client outside the cluster, and a Service with a health check node port and one backend
      When the client asks every node's health check node port
      Then nodes with a backend answer 200, and the others 503

    @X07 @needs-healthcheck @needs-endpoints @disrupt @makes-pods
    Scenario: the health check follows a backend to another node
      Given a client outside the cluster, and a Service with a health check node port and one backend
      When the backend moves to another node, and the client asks every node's health check node port
      Then nodes with a backend answer 200, and the others 503

  Rule: Local falls back to terminating backends
  A rolling update may end the only backend of a node before the load balancer has asked for the node's health again. Until
  then packets still come. So "kube-proxy forwards traffic to … terminating endpoints" of the node if they are serving and
  no ready one is left there ([terminating endpoints][KEP]). Without this rule every update loses connections.

  [KEP]: https://github.com/kubernetes/enhancements/tree/master/keps/sig-network/1669-proxy-terminating-endpoints

    @X08 @needs-endpoints @disrupt @makes-pods
    Scenario: a terminating backend answers while it is the only one
      Given a client outside the cluster, and a Service with the external traffic policy Local and a draining backend
      When its only backend is terminated, and every client keeps asking
      Then every client meets the terminating backend and nobody else
      And the terminating backend at its own address answers at the same time
