@problem-4 @extended @needs-gateway
Feature: Problem 4: pods reach the internet through a second translation
  The nodes' addresses are often private too. Then a gateway stands between them and the internet, and replaces the
  source address again, with its own external address ([RFC 3022](https://www.rfc-editor.org/rfc/rfc3022)). The gateway
  knows the addresses of nodes, but not those of pods. So a packet from a pod is translated twice: first by the node, to
  the node's address, and then by the gateway, to the external address. Each of them may change the source port too,
  because many conversations now share one address. The reply is translated back twice: first by the gateway, and then
  by the node.

  ```
  pod 10.244.1.5 ──► node 172.30.0.11 ──► gateway ──► host on the internet
       source 10.244.1.5    source 172.30.0.11    source 198.51.100.2
  ```

  For this test, flatnet creates its own gateway, and a host that plays the internet. The gateway refuses every packet
  whose source is not the address of a node, and it remembers the sources that it saw.

  Rule: The node translates first, then the gateway
    @E10 @needs-masquerade
    Scenario Outline: two translations in order by <protocol>
      Given a client pod, and a host on the internet
      When the client opens a <protocol> conversation with the server's address
      Then the internet gateway sees the address of the client's own node as the source
      And the server sees the gateway's external address as its peer

      Examples:
        | protocol |
        | TCP      |
        | UDP      |

  Rule: The reply passes both translations
    @E11
    Scenario Outline: the reply comes back to the pod that asked by <protocol>
      Given a client pod, and a host on the internet
      When the client opens a <protocol> conversation with the server's address
      Then the server answers
      And no destination was translated on the way

      Examples:
        | protocol |
        | TCP      |
        | UDP      |
        | HTTP     |

    @E11
    Scenario Outline: <payload> passes through both translations
      Given a client pod, and a host on the internet
      When the client sends <payload> to the server's address
      Then the server answers
      And the bytes arrive intact

      Examples:
        | payload                        |
        | a stream of 1 MiB over TCP     |
        | a datagram larger than the MTU |

  Rule: The gateway refuses the addresses of pods
  The gateway is flatnet's own, so this checks the test itself: the gateway must behave like a real one, which does not
  know the addresses of pods. One conversation of each node is exempted from masquerade. So its packets reach the
  gateway with the pod's address, and the gateway must refuse them.

    @E09 @needs-masquerade @needs-nodes @rests
    Scenario: a packet with a pod's address does not pass
      Given a client pod whose packets keep its address, and a host on the internet
      When the client opens a UDP conversation with the server's address
      Then the conversation is refused by the internet gateway
      And the host, dialled by the same client from another port, answers at the same time
