@problem-3 @needs-services
Feature: Problem 3: what is rewritten, and what is not
  The client's node rewrites the destination of a packet to a virtual IP, and rewrites the answer back. The source
  stays: "Packets sent to ClusterIP from within the cluster are never source NAT'd if you're running kube-proxy in
  iptables mode" ([source IP][SIP]), and backends get packets "redirected … without rewriting the client IP address"
  ([virtual IPs][VIP]). This does not break Rule 1: that rule is about packets that a pod sends to the address of
  another pod, and these are sent to a virtual IP.

  A cluster that masquerades all Service traffic works. But every access log, rate limit and NetworkPolicy
  behind a Service sees nodes instead of clients.

  [SIP]: https://kubernetes.io/docs/tutorials/services/source-ip/
  [VIP]: https://kubernetes.io/docs/reference/networking/virtual-ips/

  Rule: A Service's backend sees the client
  The report names the proxy's mode. A pod that reaches itself is the one exception (S14).

    @I07 @extended @needs-source
    Scenario Outline: <protocol> to backends on <placement> keeps the client's address
      Given a client pod, and a Service with a backend on every node
      When the client opens <protocol> conversations with the Service's virtual IP
      Then the backends on <placement> see the client's pod IP as their peer
      And the virtual IP is rewritten to the target port of the backend, and back

      Examples: same node
        | placement     | protocol |
        | the same node | TCP      |
        | the same node | UDP      |

      @needs-multi
      Examples: another node
        | placement    | protocol |
        | another node | TCP      |
        | another node | UDP      |

  Rule: A pod reaches itself by its own Service
  Both ends of such a conversation are one pod, so the packet must go out and come back in (hairpin). "This might sound
  unlikely, but it does happen and it is supposed to work" ([debugging Services][DBG]). In practice it fails in two ways.
  The bridge does not send a packet back through the port from which it came, because hairpin mode is off for this port.
  Or the node does not translate the source: if a pod sees its own address as the sender, it sends the answer straight
  to itself, and the proxy cannot translate it back. So proxies translate the source here, and the source is not asserted.

  [DBG]: https://kubernetes.io/docs/tasks/debug/debug-application/debug-service/#a-pod-fails-to-reach-itself-via-the-service-ip

    @S14 @core
    Scenario Outline: the only backend answers itself by <protocol>
      Given a client pod, and a Service whose only backend is the client
      When the client opens <protocol> conversations with the Service's virtual IP
      Then the client itself answers

      Examples:
        | protocol |
        | TCP      |
        | UDP      |
