@rule-1
Feature: Rule 1: pods reach each other whatever the size of the packets
  The largest packet that an interface or a path takes is its MTU. Overlays add headers to each packet, and the headers
  take room. If the pod's interface does not know this, it sends packets that are too large for the path. A router drops
  such a packet and reports it with an ICMP message (an error message of the network). If a filter drops this message,
  the sender never learns to send smaller packets. Connections open, because their first packets are small, but large
  transfers hang. This is called an MTU black hole. A typical sign: curl works, and git clone does not.

  The rule makes no exception for large packets: "All pods can communicate with all other pods" ([network model][NM]).

  [NM]: https://kubernetes.io/docs/concepts/services-networking/#the-kubernetes-network-model

  Rule: Packets of every size arrive
  The sizes are those at which paths break: one byte, the old and the new size limit of DNS messages, the sizes that
  fit into 1,500 bytes after the header of a tunnel, and the largest packet of the interface (MTU). First the requests
  have these sizes and then the answers, because a path may lose large packets in one direction only.

    @P18 @core
    Scenario Outline: <payload> arrive intact on <placement>
      Given a client pod, and a server pod on <placement>
      When the client sends <payload> to the server's pod IP
      Then the bytes arrive intact

      Examples: same node
        | placement     | payload                 |
        | the same node | streams of many sizes   |
        | the same node | datagrams of many sizes |

      @needs-multi
      Examples: another node
        | placement    | payload                 |
        | another node | streams of many sizes   |
        | another node | datagrams of many sizes |

  Rule: Large transfers cross nodes intact
  A TCP stream of the largest possible packets (segments) crosses in both directions. So does a datagram that is larger
  than any packet and must be cut into fragments.

    @P11 @core @needs-multi
    Scenario Outline: <payload> crosses nodes intact
      Given a client pod, and a server pod on another node
      When the client sends <payload> to the server's pod IP
      Then the bytes arrive intact

      Examples:
        | payload                    |
        | a stream of 1 MiB over TCP |

    @P11 @extended @needs-multi
    Scenario Outline: <payload> crosses nodes intact
      Given a client pod, and a server pod on another node
      When the client sends <payload> to the server's pod IP
      Then the bytes arrive intact

      Examples: fragments
        | payload                          |
        | a datagram larger than the MTU   |
