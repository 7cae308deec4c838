@problem-4 @needs-services
Feature: Problem 4: a Service is reached at the nodes' own addresses
  Virtual IPs and pod IPs mean nothing outside the cluster. A Service of type NodePort also has a port that is the same
  on every node: "Every node in the cluster configures itself to listen on that assigned port and to forward traffic to
  one of the ready endpoints associated with that Service" ([Service][SVC]). Load balancers stand in front of these ports.

  When this breaks on one node, a load balancer loses every n-th request, or all of them once its health check moves
  there. From the other nodes the Service looks healthy.

  [SVC]: https://kubernetes.io/docs/concepts/services-networking/service/#type-nodeport

  Rule: A node port answers on every node
  The client pod of every node dials every node, its own included. The node that is dialled may forward a packet to a
  backend on a third node, so it puts its own address in place of the client's. The source is therefore not asserted.

    @X01 @core @needs-nodeport
    Scenario Outline: a node port answers pods on every node by <protocol>
      Given a client pod, and a Service with a node port
      When the client opens <protocol> conversations with the Service's node port on every node
      Then a backend answers
      And every client meets every backend

      Examples:
        | protocol |
        | TCP      |
        | UDP      |
