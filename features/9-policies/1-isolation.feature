@policies @extended @needs-netpol
Feature: Policies: a pod is isolated once a policy selects it
  "By default, a pod is non-isolated for egress; all outbound connections are allowed", and the same holds for ingress.
  A pod is isolated "if there is any NetworkPolicy that both selects the pod" and has that direction in its policyTypes
  ([NetworkPolicy][NP]). From then on only what a policy allows can pass.

  The API stores policies on every cluster, but a network plug-in or another program must enforce them. Without such an
  engine a policy does nothing, and nothing says so. So flatnet first finds out whether a policy has any effect. A policy
  has no status either: each scenario waits until its policy has its effect, and then no conversation may be an exception.
  Each conversation that a policy denies was answered before, and others that are allowed are open at the same time.

  [NP]: https://kubernetes.io/docs/concepts/services-networking/network-policies/

  Rule: Pods without a policy are open
  This is the control of all that follows: the same pods and ports as below, and no policy.

    @NP01 @makes-pods
    Scenario: pods that no policy selects talk in both directions
      Given pods of its own on every node that no policy selects
      When the client opens TCP and UDP conversations with the server's pod IP
      Then the server answers

  Rule: Default-deny ingress lets nothing in
  The empty podSelector selects every pod of its namespace. A policy for ingress alone leaves egress open. A Service in front
  of the pods is no way around the policy: what counts is the pod behind the virtual IP.

    @NP02 @makes-pods
    Scenario: default-deny ingress keeps every other pod out of a namespace
      Given all pods of a namespace on every node, and pods of two other namespaces
      When default-deny ingress for the whole namespace is declared, and every client keeps asking
      Then the conversation is denied
      And every server that the policies allow answers at the same time

    @NP02 @makes-pods
    Scenario: pods are open again once their policy is deleted
      Given pods of its own on every node, and pods of two namespaces
      When default-deny ingress is declared and deleted again, and every client keeps asking
      Then the server answers

  Rule: Default-deny egress lets nothing out
  A virtual IP leads out as well as a pod's address does. DNS is egress too: a pod without egress finds no name, which many
  learn after their first such policy. A DNS cache on the pod's own node is left out: a pod always reaches its node.

    @NP03 @makes-pods
    Scenario: default-deny egress keeps pods from every other pod
      Given pods of its own on every node, and pods of two namespaces
      When default-deny egress is declared, and every client keeps asking
      Then the conversation is denied
      And every server that the policies allow answers at the same time

    @NP03 @makes-pods @needs-dns
    Scenario: default-deny egress keeps pods from cluster DNS
      Given pods of its own on every node, and pods of two namespaces
      When default-deny egress is declared, every pod asks cluster DNS, and every client keeps asking
      Then the conversation is denied
      And every server that the policies allow answers at the same time

  Rule: A pod reaches itself and its own node
  "Pods can not block access to themselves, nor can they block access to/from their own node." What a server in the
  host's network is for the engine differs between plug-ins, but on the pod's own node it is the node.

    @NP09 @makes-pods
    Scenario Outline: <pods> are isolated, and answered
      Given <pods>
      When default-deny ingress and egress is declared, and every client keeps asking
      Then the conversation is denied
      And every server that the policies allow answers at the same time

      Examples: themselves
        | pods                                              |
        | pods of its own on every node that dial themselves |

      @needs-hostnet
      Examples: their node
        | pods                                              |
        | pods of its own on every node that their node dials |
        | pods of its own on every node that dial their node |

  Rule: The kubelet probes isolated pods
  The kubelet is an agent of the pod's own node. If a policy blocks it, every isolated pod leaves its Services.

    @N08 @rests
    Scenario Outline: a <probe> readiness probe of an isolated pod succeeds on every node
      Given an isolated pod with a readiness probe by <probe> on every node
      When the kubelet probes it by <probe>
      Then the container becomes ready and stays ready
      And the kubelet's requests arrive at the container

      Examples:
        | probe     |
        | httpGet   |
        | tcpSocket |

  Rule: A pod is isolated from its first instant
  Once an engine knows a policy, "all newly created pods affected by a given NetworkPolicy will be isolated before they
  are started", "even from the very first instant that any container in that Pod is started". An init container dials
  all the time from its start on. The same pods without the policy are its control.

    @NP10 @makes-pods
    Scenario: pods that start under a policy get nothing out and let nothing in
      Given pods of its own on every node that dial from their first instant
      When default-deny ingress and egress is declared, more of the pods start, and every client keeps asking
      Then the conversation is denied
      And every server that the policies allow answers at the same time
