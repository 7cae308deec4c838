@problem-3
Feature: Problem 3: every pod knows whom to ask
  The kubelet writes each pod's `resolv.conf` by its DNS policy ([DNS for Services and Pods][DNS]) and its `hosts` file. A node whose
  pods complete names in another order, or ask a server that is gone, breaks them all at once, and no other node.

  [DNS]: https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/#pod-s-dns-policy

  Rule: Short names are completed in order
  First the pod's own namespace, then all Services, then the cluster; what the node has on its own list comes after these.

    @D10 @core @needs-dns
    Scenario: search list and ndots are the cluster's
      Given every pod of the run
      When every pod reports its resolver configuration
      Then its search list is its namespace's domain, the Services' and the cluster's
      And its ndots is five

  Rule: The nameserver that a pod is given answers
  Which address it has is the cluster's business: a virtual IP, a cache on the node, a cloud's resolver. It is reported.

    @D10 @core @needs-dns @needs-services
    Scenario: every nameserver knows the cluster's names
      Given every pod of the run
      When the pod asks each of its nameservers for the Service's addresses
      Then cluster DNS answers with the Service's virtual IP and nothing else

  Rule: The DNS policy decides whom a pod asks

    @D11 @extended @needs-dns @needs-services @makes-pods
    Scenario: DNS policy None leaves the configuration to the pod
      Given a pod with the DNS policy None on every node
      When every pod reports its resolver configuration, and looks up a Service's name
      Then its resolver configuration is the one that it brings
      And the name leads to the Service's virtual IP

    @D11 @extended @needs-dns @needs-hostnet @makes-pods
    Scenario: DNS policy Default gives the node's configuration
      Given a pod with the DNS policy Default on every node
      When every pod reports its resolver configuration
      Then its resolver configuration is the node's own

    @D11 @extended @needs-dns @needs-services @needs-hostnet @makes-pods
    Scenario: DNS policy ClusterFirstWithHostNet gives the cluster's configuration
      Given a pod with the DNS policy ClusterFirstWithHostNet on every node
      When every pod reports its resolver configuration, and looks up a Service's name
      Then its resolver configuration is the cluster's, for its own namespace
      And the name leads to the Service's virtual IP

  Rule: A pod has the names that it asks for
  `setHostnameAsFQDN` and `hostAliases` are for programs that look at their own name, or at names that no DNS has
  ([hosts file](https://kubernetes.io/docs/tasks/network/customize-hosts-file-for-pods/)).

    @D12 @extended @makes-pods
    Scenario: a pod has its qualified hostname and its host aliases
      Given a pod with a fully qualified hostname and host aliases on every node
      When every pod reports its resolver configuration, and looks up its own hostname and its host aliases
      Then its hostname is its fully qualified name
      And its hostname leads to the pod's own address
      And every alias leads to the address in the pod's specification
