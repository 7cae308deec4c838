@problem-3 @needs-services
Feature: Problem 3: a Service chooses among its backends
  Which backend answers is nobody's promise; who may answer at all is: a
  pod that is selected and ready ([virtual IPs][VIP]). An address that is left over in one node's rules is an outage for every hundredth request, and no dashboard shows it.

  [VIP]: https://kubernetes.io/docs/reference/networking/virtual-ips/

  Rule: Every ready backend gets traffic
  Each client opens so many conversations that, were backends drawn evenly, it would leave one of them out in fewer than one run in a
  million: n·c·(1-1/n)^N < 1e-6 for n backends, c clients and N conversations of each.

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
  Kubernetes promises no even shares, so this is asked only of proxies that are known to draw evenly at random, as kube-proxy does with
  iptables and nftables. Pearson's chi-square over each client's conversations fails the row when an even draw would be
  so uneven with a chance below 1e-6 in all clients together; the conversations are so many that an endpoint
  which is drawn twice as often as the others stays below it in fewer than one run in a thousand.

    @S08 @extended @needs-random @needs-multi
    Scenario: the backends' shares differ by no more than chance
      Given a client pod, and a Service with a backend on every node
      When the client opens TCP conversations with the Service's virtual IP, enough to see a weight that is doubled
      Then a backend answers
      And the backends' shares differ by no more than chance

  Rule: A pod that is not ready gets no traffic
  The clients of all nodes open 1,375 conversations by each protocol, of which a leak of 1 in 100 passes unseen with a chance
  below 1e-6. The pod was a backend before, and goes on serving on its own address meanwhile.

    @S10 @core @needs-endpoints @makes-pods
    Scenario: the ready backend alone answers
      Given a client pod, and a Service with a ready backend and one that is no longer ready
      When the client opens TCP and UDP conversations with the Service's virtual IP, enough to see a leak of 1 in 100
      Then the ready backend answers
      And the backend that is no longer ready answers at the same time

  Rule: A Service may publish pods that are not ready
  Members of a database find each other before any of them is ready: publishNotReadyAddresses makes them
  endpoints in spite of it ([API reference][API]).

  [API]: https://kubernetes.io/docs/reference/kubernetes-api/service-resources/service-v1/

    @S11 @extended @makes-pods
    Scenario: a published pod that is never ready answers
      Given a client pod, and a Service that publishes a backend that is never ready
      When the client opens TCP and UDP conversations with the Service's virtual IP
      Then the unready backend answers
      And the pod is not ready

  Rule: A Service without endpoints refuses at once
  A client that is refused tries elsewhere; one that hears nothing hangs until its own deadline. A reset and an
  unreachable are both refusals. One that comes while the client still is in its connect() is lost on it
  (`LockDroppedIcmps`); its second SYN, a second later, is refused as well.

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
  internalTrafficPolicy Local "behaves as if it has zero endpoints" where the client's node has none
  ([traffic policy][ITP]): a remote one must not answer. Whether packets are dropped or refused there is left open.

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
  A preference and no guarantee ([traffic distribution][STD]): where there is no backend nearby, any other one answers.

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
