@problem-3 @needs-services
Feature: Problem 3: a Service chooses among its backends
  Kubernetes does not promise which backend answers. It promises that only selected, ready pods answer
  ([virtual IPs][VIP]). One old address in one node's rules makes every hundredth request fail, and no
  dashboard shows it.

  [VIP]: https://kubernetes.io/docs/reference/networking/virtual-ips/

  Rule: Every ready backend gets traffic
  Each client opens enough conversations to meet every backend. If backends are chosen evenly, fewer than
  one run in a million has a client that misses a backend. The formula is n·c·(1-1/n)^N < 1e-6, for n
  backends, c clients and N conversations of each client.

    @S08 @core
    Scenario Outline: every client meets every backend by <protocol>
      Given a client pod, and a Service with a backend on every node
      When the client opens <protocol> conversations with the Service's virtual IP
      Then a backend answers
      And every client meets every backend

      Examples:
        | protocol |
        | TCP      |
        | UDP      |

  Rule: No backend weighs more than another
  Kubernetes promises no even shares. So this is asked only of proxies that are known to choose evenly at random, as
  kube-proxy does with iptables and nftables. A healthy cluster fails in fewer than one run in a million. An endpoint
  that is chosen twice as often as the others is missed in fewer than one run in a thousand. The measure is Pearson's
  chi-square of each client's conversations. The test fails if chance alone would give shares this uneven, over all
  clients, in fewer than one run in a million.

    @S08 @extended @needs-random @needs-multi
    Scenario: the backends' shares differ by no more than chance
      Given a client pod, and a Service with a backend on every node
      When the client opens TCP conversations with the Service's virtual IP, enough to see a weight that is doubled
      Then a backend answers
      And the backends' shares differ by no more than chance

  Rule: A pod that is not ready gets no traffic
  All clients together open at least 1,375 conversations by each protocol with each virtual IP. If the pod
  gets 1 in 100 of them (a leak of 1 in 100), the row misses it with a probability below 1e-6. The pod was a
  backend before, and still serves at its own address.

    @S10 @core @needs-endpoints @makes-pods
    Scenario: the ready backend alone answers
      Given a client pod, and a Service with a ready backend and one that is no longer ready
      When the client opens TCP and UDP conversations with the Service's virtual IP, enough to see a leak of 1 in 100
      Then the ready backend answers
      And the backend that is no longer ready answers at the same time

  Rule: A Service may publish pods that are not ready
  Members of a database find each other before any of them is ready. publishNotReadyAddresses makes them
  endpoints although they are not ready ([API reference][API]).

  [API]: https://kubernetes.io/docs/reference/kubernetes-api/service-resources/service-v1/

    @S11 @extended @makes-pods
    Scenario: a published pod that is never ready answers
      Given a client pod, and a Service that publishes a backend that is never ready
      When the client opens TCP and UDP conversations with the Service's virtual IP
      Then the unready backend answers
      And the pod is not ready

  Rule: A Service without endpoints refuses at once
  A client that is refused tries elsewhere. A client that gets no answer hangs until its own deadline. A refusal is a
  TCP reset or an ICMP "unreachable" message. Linux may ignore an ICMP refusal that arrives during connect()
  (`LockDroppedIcmps`). The next SYN, one second later, is refused. Only kube-proxy is known to refuse: if another
  proxy lets clients wait, the row is inconclusive.

    @S12 @extended
    Scenario Outline: a Service without endpoints refuses <protocol> within two seconds
      Given a client pod, and a Service without endpoints
      When the client opens <protocol> conversations with the Service's virtual IP
      Then the conversation is refused within two seconds
      And a Service with backends answers at the same time

      Examples:
        | protocol |
        | TCP      |
        | UDP      |

  Rule: Traffic policy Local stays on the node
  On a node without a backend, a Service with internalTrafficPolicy Local "behaves as if it has zero
  endpoints" ([traffic policy][ITP]). A backend on another node must not answer. The documentation does not
  say whether packets are dropped or refused there, so both pass.

  [ITP]: https://kubernetes.io/docs/concepts/services-networking/service-traffic-policy/

    @S17 @extended @needs-multi @waits
    Scenario Outline: a backend on the client's node alone answers by <protocol>
      Given a client pod, and Services that keep to the client's node
      When the client opens <protocol> conversations with the Service's virtual IP
      Then a backend on the client's node answers
      And no backend answers on a node without a backend
      And a Service without the policy answers at the same time

      Examples:
        | protocol |
        | TCP      |
        | UDP      |

  Rule: trafficDistribution prefers the nearest
  This is a preference and no guarantee ([traffic distribution][STD]). If no backend is nearby, any other one
  answers.

  [STD]: https://kubernetes.io/docs/concepts/services-networking/service/#traffic-distribution

    @S26 @extended @needs-samenode @needs-endpoints @needs-multi
    Scenario: a backend on the same node answers, elsewhere any backend
      Given a client pod, and Services that prefer backends on the same node
      When the client opens TCP and UDP conversations with the Service's virtual IP
      Then the nearest backend answers

    @S26 @extended @needs-zones @needs-endpoints @needs-multi
    Scenario: a backend in the same zone answers, elsewhere any backend
      Given a client pod, and Services that prefer backends in the same zone
      When the client opens TCP and UDP conversations with the Service's virtual IP
      Then the nearest backend answers
