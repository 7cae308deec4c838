@rule-2 @core
Feature: Rule 2: agents on a node reach the pods of that node
  "Agents on a node (such as system daemons, or kubelet) can communicate with all pods on that node"
  ([network model][NM]). The kubelet is such an agent, and every node has one. A kubelet probe in a pod's
  specification makes the kubelet talk to the pod, so this rule is tested without any privilege.

  When it breaks, pods run and never become ready, or a liveness probe that cannot reach them restarts them
  for ever.

  [NM]: https://kubernetes.io/docs/concepts/services-networking/#the-kubernetes-network-model

  Rule: The kubelet's HTTP probe makes a pod ready
  The pod counts the requests that arrive. A pod that becomes ready without a request fails as well. A pod that was
  ready must stay ready for a dozen requests: where the kubelet loses some of them, the pod leaves its Services and
  joins them again, all the time.

    @N01 @rests
    Scenario: an httpGet readiness probe succeeds on every node
      Given a pod with a readiness probe by httpGet on every node
      When the kubelet probes it by httpGet
      Then the container becomes ready and stays ready
      And the kubelet's requests arrive at the container

  Rule: The kubelet's TCP and gRPC probes do so too
    @N02 @rests
    Scenario Outline: a <probe> readiness probe succeeds on every node
      Given a pod with a readiness probe by <probe> on every node
      When the kubelet probes it by <probe>
      Then the container becomes ready and stays ready
      And the kubelet's requests arrive at the container

      Examples:
        | probe     |
        | tcpSocket |
        | grpc      |

  Rule: A probe of a closed port never succeeds
  This scenario is the control of the others: if every port answers, a kubelet probe that succeeds proves
  nothing. A liveness probe of the same container, on a port that is open, shows that the kubelet probes this
  container.

    @N03 @makes-pods
    Scenario: a probe of a closed port does not make the pod Ready
      Given a pod on every node with a readiness probe of a closed port, and a liveness probe of an open one
      When the kubelet has probed the open port several times
      Then the pod is not ready
