@problem-2
Feature: Problem 2: an address for every pod, a range for every node
  "Each pod in a cluster gets its own unique cluster-wide IP address" ([network model][NM]). Most networks
  give each node a range of its own, and the node gives its pods addresses from it. A pod's interface is one
  end of a veth pair whose other end is on the node.

  [NM]: https://kubernetes.io/docs/concepts/services-networking/#the-kubernetes-network-model

  Rule: No two pods have the same address
  Addresses are unique at any one time. A new pod may later get the address of a pod that is gone. If two pods
  have one address, each of them loses half of its packets, and no log shows it.

    @P07 @core
    Scenario: addresses of all pods of the run are unique
      Given every pod of the run
      When every application container reports its addresses
      Then no two pods have the same address

  Rule: A terminating pod talks until it exits
  The grace period lets a pod finish the work in progress, and this work needs the network.

    @P12 @extended @disrupt @makes-pods
    Scenario: a terminating pod still sends and receives
      Given a terminating pod on every node, and a pod on another node
      When the client opens TCP and UDP conversations with the server's pod IP
      Then the server answers
      And no address or port was translated on the way

  Rule: Every node has an address range of its own
  This is asserted only if addresses are known to come from the nodes' podCIDRs. Other IPAM is equally
  legitimate, and the scenario is then skipped.

    @P14 @extended @needs-podcidr
    Scenario: pod addresses lie in their node's range, and ranges do not overlap
      Given every pod of the run
      When the API is asked for the nodes' pod ranges
      Then no two pod ranges overlap
      And every pod's address lies in its node's pod range

    @P14 @extended @needs-podcidr @needs-nodes @needs-multi
    Scenario: a node has one route for the whole range of another node
      Given every pod of the run
      When the node is asked for its routes to the other nodes' pod ranges
      Then each node has one route for the whole pod range of another node

  Rule: A veth pair joins the pod to its node
    @P15 @extended @needs-nodes
    Scenario: the other end of a pod's interface is in its node's root namespace
      Given a pod with several containers on every node
      When the node is asked for the other end of the pod's interface
      Then it is a veth whose other end is the pod's interface
