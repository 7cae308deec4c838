@problem-3 @needs-services
Feature: Problem 3: a Service is one stable address
  Pods come and go, and their addresses with them. A Service gives "a stable (long lived) IP address or
  hostname … where the individual pods making up the service can change over time" ([network model][NM]). This
  address is the Service's cluster IP (`ClusterIP`). It comes from a range for Services, and it is a virtual IP: no
  machine answers to it as its own address. A client sends packets to it as to any other address. The service proxy of
  the client's node, often kube-proxy, rewrites the destination of each packet to the address of a backend: normally a
  pod of the Service that is ready (S11 and S21 are the exceptions).

  [NM]: https://kubernetes.io/docs/concepts/services-networking/#the-kubernetes-network-model

  Rule: The virtual IP answers from any pod
  Each client opens enough conversations to meet every backend, on its own node and on others.

    @S01 @core
    Scenario Outline: a Service answers every node's pods by <protocol>
      Given a client pod, and a Service with a backend on every node
      When the client opens <protocol> conversations with the Service's virtual IP
      Then a backend answers

      Examples:
        | protocol |
        | TCP      |
        | UDP      |

  Rule: Payload of any size passes a virtual IP
  The translation adds no byte, but a proxy may merge or cut packets, or lose what belongs to them: the hint that a
  packet is too big, or the fragments after the first.

    @S28 @core
    Scenario Outline: <payload> pass a virtual IP intact
      Given a client pod, and a Service with a backend on every node
      When the client sends <payload> to the Service's virtual IP
      Then the bytes arrive intact

      Examples:
        | payload                 |
        | streams of many sizes   |
        | datagrams of many sizes |
        | a stream of 1 MiB over TCP |

    @S28 @extended
    Scenario Outline: <payload> passes a virtual IP intact
      Given a client pod, and a Service with a backend on every node
      When the client sends <payload> to the Service's virtual IP
      Then the bytes arrive intact

      Examples: fragments
        | payload                        |
        | a datagram larger than the MTU |

  Rule: A connection to a virtual IP lives
  The node remembers for each connection which backend it chose. If it forgets, the next packet of a connection that
  was idle goes to another backend, which resets it.

    @S01 @core @rests
    Scenario Outline: <payload> is answered through a virtual IP
      Given a client pod, and a Service with a backend on every node
      When the client sends <payload> to the Service's virtual IP
      Then a backend answers

      Examples:
        | payload                                                               |
        | a request on a TCP connection that was idle for a while               |
        | a request from a UDP socket that was idle for a while                 |
        | many requests on one connection                                       |
        | a request that is answered late, after the client has closed its side |

  Rule: The virtual IP answers on the host's network
  Agents and node-local proxies use Services too, and so does a kubelet that pulls from a registry of the cluster.
  Their packets start on the node itself and do not arrive through an interface. So the proxy needs separate rules for
  them: kube-proxy "is responsible for implementing a virtual IP mechanism for Services" on its node ([virtual
  IPs][VIP]).

  [VIP]: https://kubernetes.io/docs/reference/networking/virtual-ips/

    @S27 @core @needs-hostnet
    Scenario Outline: a Service answers every node's host-network clients by <protocol>
      Given a host-network client, and a Service with a backend on every node
      When the client opens <protocol> conversations with the Service's virtual IP
      Then a backend answers
      And every client meets every backend

      Examples:
        | protocol |
        | TCP      |
        | UDP      |

  Rule: A Service's port is not its backend's
  "A Service can map any incoming port to a targetPort" ([Service][SVC]). Clients keep their port when the
  backends move to another one.

  [SVC]: https://kubernetes.io/docs/concepts/services-networking/service/#field-spec-ports

    @S02 @core
    Scenario Outline: <protocol> to the Service's port arrives at the target port
      Given a client pod, and a Service whose ports differ from its target ports
      When the client opens <protocol> conversations with the Service's virtual IP
      Then a backend answers
      And the virtual IP is rewritten to the target port of the backend, and back

      Examples:
        | protocol |
        | TCP      |
        | UDP      |

  Rule: A named port is each pod's own number
  "This works even if there is a mixture of Pods in the Service using a single configured name, with the same
  network protocol available via different port numbers" ([Service][SVC]). In the middle of a migration, a
  proxy that takes one pod's number for all of them sends half of the clients to a closed port.

    @S03 @core @needs-multi
    Scenario Outline: one name leads to two numbers by <protocol>
      Given a client pod, and a Service whose target port has another number on each node
      When the client opens <protocol> conversations with the Service's virtual IP
      Then a backend answers
      And every client meets every backend

      Examples:
        | protocol |
        | TCP      |
        | UDP      |

  Rule: Each of several ports has its own target
  TCP and UDP of one number are two ports ([multi-port Services][MP]). DNS has always had both.

  [MP]: https://kubernetes.io/docs/concepts/services-networking/service/#multi-port-services

    @S04 @core
    Scenario: three ports, two of one number, lead to three servers
      Given a client pod, and a Service with several ports
      When the client opens TCP and UDP conversations with the Service's virtual IP
      Then the server behind each port answers

  Rule: A virtual IP is nobody else's
  Each Service has an address of its own from the range that is configured for Services, and no address is
  given twice
  ([virtual IPs](https://kubernetes.io/docs/reference/networking/virtual-ips/#avoiding-collisions)). If this
  range overlaps the range of the pods or the nodes, a Service hides the pod or node with the same address.

    @S05 @core
    Scenario: no pod, no node and no other Service has the virtual IP
      Given a client pod, and a Service with a backend on every node
      When the API is asked for the addresses of all pods, nodes and Services
      Then the virtual IP is the Service's alone

    @S05 @core @needs-servicecidr
    Scenario: the virtual IP lies in a Service range
      Given a client pod, and a Service with a backend on every node
      When the API is asked for the addresses of all pods, nodes and Services
      Then the virtual IP lies in a Service range
      And no pod's and no node's address lies in a Service range

  Rule: A Service may choose its virtual IP
  "You can specify your own cluster IP address as part of a Service creation request … If you try … an invalid clusterIP
  address value, the API server will return a 422 HTTP status code" ([Service][CHOICE]).

  [CHOICE]: https://kubernetes.io/docs/concepts/services-networking/service/#choosing-your-own-ip-address

    @S24 @core
    Scenario: a free address is given to the Service, and answers
      Given a client pod, and a virtual IP that a Service has given back
      When another Service asks for this address
      Then the Service has the address that it asked for
      And a backend answers

    @S24 @core
    Scenario Outline: <address> is refused
      Given a client pod, and a Service with a backend on every node
      When another Service asks for <address>
      Then the API refuses it as invalid

      Examples:
        | address                              |
        | an address that a Service has        |
        | an address outside of every range    |

  Rule: A Service may name another proxy
  kube-proxy ignores a Service that has the label `service.kubernetes.io/service-proxy-name`
  ([labels](https://kubernetes.io/docs/reference/labels-annotations-taints/#servicekubernetesioservice-proxy-name)).
  If the default proxy serves it too, two proxies rewrite the same packets, and it is left to chance whose backend
  answers. The other Service is created later, and by then every node has the rules for it.

    @S32 @extended @needs-endpoints @waits
    Scenario: the default proxy does not serve a Service that names another proxy
      Given a client pod, and a Service that names another proxy, and one that names none
      When the client opens TCP and UDP conversations with the Service's virtual IP
      Then no backend answers at the virtual IP of the Service that names another proxy
      And the other Service answers at the same time

    @S32 @extended @needs-endpoints
    Scenario: EndpointSlices name the backends for the other proxy
      Given a client pod, and a Service that names another proxy, and one that names none
      When the API is asked for the Service's EndpointSlices
      Then the EndpointSlices name every backend with its address, node and pod, as ready, and no other address
