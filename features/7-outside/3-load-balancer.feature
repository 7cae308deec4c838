@problem-4 @needs-services @extended @needs-multi @needs-outside @needs-lb
Feature: Problem 4: a load balancer stands in front of a Service
  A Service of type LoadBalancer gets an address outside the cluster. "The actual creation of the load balancer happens
  asynchronously, and information about the provisioned balancer is published in the Service's .status.loadBalancer field"
  ([LoadBalancer][LB]). A cloud's load balancer chooses a node and sends packets to the node port, or to the node with its
  own address kept as the destination. In each case the node translates the destination to a backend, as for a node port.

  [LB]: https://kubernetes.io/docs/concepts/services-networking/service/#loadbalancer

  Rule: A load balancer gets an address and answers
    @X09 @needs-endpoints @makes-pods
    Scenario: a load balancer answers clients outside
      Given a client outside the cluster, and a Service of type LoadBalancer
      When the client opens TCP and UDP conversations with the Service's load balancer
      Then a backend answers

    @X09 @needs-endpoints @disrupt @makes-pods
    Scenario: the load balancer's address stays when backends change
      Given a client outside the cluster, and a Service of type LoadBalancer
      When all backends behind the load balancer are replaced, and every client keeps asking
      Then every client meets the new backends and nobody else
      And the terminating backend at its own address answers at the same time
      And the Service has the load balancer's address that it had before

  Rule: A load balancer may keep client addresses
  "Setting externalTrafficPolicy to Local … forces nodes without Service endpoints to remove themselves from the list of
  nodes eligible for loadbalanced traffic by deliberately failing health checks" ([source IP][SIP]). So each packet comes
  to a node with a backend and needs no second translation. A load balancer that is a proxy has an address of its own;
  the scenario is inconclusive then.

  [SIP]: https://kubernetes.io/docs/tutorials/services/source-ip/#source-ip-for-services-with-type-loadbalancer

    @X10 @needs-endpoints @makes-pods
    Scenario: backends see the client behind a load balancer
      Given a client outside the cluster, and a Service of type LoadBalancer with the policy Local
      When the client opens TCP and UDP conversations with the Service's load balancer
      Then a backend answers
      And the server sees the client's own address as its peer
