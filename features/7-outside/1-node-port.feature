@problem-4 @needs-services @needs-nodeport
Feature: Problem 4: a Service is reached at the nodes' own addresses
  Virtual IPs and pod IPs mean nothing outside the cluster. A Service of type NodePort also has a port that is the same
  on every node: "Every node in the cluster configures itself to listen on that assigned port and to forward traffic to
  one of the ready endpoints associated with that Service" ([Service][SVC]). Load balancers stand in front of these ports.

  Two translations happen on the way in. The node that receives the packet replaces its destination (the node's own
  address and the node port) by a backend's address and target port. If that backend may be on another node, the node
  also replaces the source by an address of its own. So the answer comes back to this node, which undoes both.

  When this breaks on one node, a load balancer loses every n-th request, or all of them once its health check moves
  there. From the other nodes the Service looks healthy.

  [SVC]: https://kubernetes.io/docs/concepts/services-networking/service/#type-nodeport

  Rule: A node port answers on every node
  The client pod of every node dials every node, its own included. The node that is dialled may forward a packet to a
  backend on a third node, so it puts its own address in place of the client's. The source is therefore not asserted.

    @X01 @core
    Scenario Outline: a node port answers pods on every node by <protocol>
      Given a client pod, and a Service with a node port
      When the client opens <protocol> conversations with the Service's node port on every node
      Then a backend answers
      And every client meets every backend

      Examples:
        | protocol |
        | TCP      |
        | UDP      |

  Rule: A node without a backend forwards to others
  "You can contact the NodePort Service from outside the cluster by requesting NodeIP:NodePort" ([Service][SVC]). This
  holds for every node, also for one that runs no backend. One of the two Services has a backend on every node, the other
  has a single one. Programs on the nodes themselves dial node ports too, and take another path through the node's
  kernel. A node port at a loopback address is not promised.

    @X02 @extended @needs-multi
    Scenario Outline: node ports answer <client> on every node by <protocol>
      Given <client>, and Services with node ports
      When the client opens <protocol> conversations with the Service's node port on every node
      Then a backend answers

      @needs-outside
      Examples: from outside
        | client                       | protocol |
        | a client outside the cluster | TCP      |
        | a client outside the cluster | UDP      |

      @needs-hostnet
      Examples: from the nodes
        | client                | protocol |
        | a host-network client | TCP      |
        | a host-network client | UDP      |

    @X02 @extended @needs-multi @needs-outside
    Scenario Outline: <payload> passes a node port intact
      Given a client outside the cluster, and Services with node ports
      When the client sends <payload> to the Service's node port on every node
      Then the bytes arrive intact

      Examples:
        | payload                        |
        | a stream of 1 MiB over TCP     |
        | a datagram larger than the MTU |

  Rule: A forwarding node gives its own address
  "Packets sent to Services with Type=NodePort are source NAT'd by default" ([source IP][SIP]), so that the answer takes
  the same way back. A node may have several addresses: flannel and Cilium use one in the node's pod range. Networks that
  answer the client directly keep its address. An address that this run does not know is reported and not judged. An
  address of a pod or of a third node is wrong.

  [SIP]: https://kubernetes.io/docs/tutorials/services/source-ip/#source-ip-for-services-with-type-nodeport

    @X04 @extended @needs-multi @needs-outside
    Scenario Outline: the backend sees the entry node's address by <protocol>
      Given a client outside the cluster, and Services with node ports
      When the client opens <protocol> conversations with the Service's node port on every node
      Then the backends on another node see an address of the node that is dialled as their peer

      Examples:
        | protocol |
        | TCP      |
        | UDP      |

  Rule: A Service gets or chooses a node port
  The API allocates node ports from a range, by default 30000-32767. "If you want a specific port number, you can specify
  a value in the nodePort field. The control plane will either allocate you that port or report that the API transaction
  failed" ([choosing a port][CHOICE]). When the API refuses a port, its message names the range of this cluster.

  [CHOICE]: https://kubernetes.io/docs/concepts/services-networking/service/#nodeport-custom-port

    @X03 @core
    Scenario: an allocated node port lies in the range
      Given a client pod, and Services with node ports
      When the API is asked for the range of node ports
      Then every allocated node port lies in the range of node ports

    @X03 @core
    Scenario: a free node port is given to the Service, and answers
      Given a client pod, and a Service with a node port
      When another Service asks for a free node port
      Then the Service has the node port that it asked for
      And a backend answers

    @X03 @core
    Scenario Outline: <port> is refused
      Given a client pod, and a Service with a node port
      When another Service asks for <port>
      Then the API refuses it as invalid

      Examples:
        | port                                |
        | a node port that a Service has      |
        | a node port outside of the range    |
