@problem-3
Feature: Problem 3: every pod knows whom to ask
  The kubelet writes each pod's `resolv.conf` by its DNS policy ([DNS for Services and Pods][DNS]), and its
  `hosts` file. If the pods of one node complete names in another order, or ask a server that is gone, all of
  them break at once, and no pods of other nodes do.

  [DNS]: https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/#pod-s-dns-policy

  Rule: Short names are completed in order
  The pod's own namespace comes first, then all Services, then the cluster. Domains from the node's own list
  come after these.

    @D10 @core @needs-dns
    Scenario: search list and ndots are the cluster's
      Given every pod of the run
      When every pod reports its resolver configuration
      Then its search list is its namespace's domain, the Services' and the cluster's
      And its ndots is five

  Rule: The nameserver that a pod is given answers
  The cluster chooses the nameserver's address: a virtual IP, a cache on the node, or a cloud's resolver. The
  address is only reported.

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
  `setHostnameAsFQDN` and `hostAliases` are for programs that look up their own name, or names that no DNS
  server has ([hosts file](https://kubernetes.io/docs/tasks/network/customize-hosts-file-for-pods/)).

    @D12 @extended @makes-pods
    Scenario: a pod has its qualified hostname and its host aliases
      Given a pod with a fully qualified hostname and host aliases on every node
      When every pod reports its resolver configuration, and looks up its own hostname and its host aliases
      Then its hostname is its fully qualified name
      And its hostname leads to the pod's own address
      And every alias leads to the address in the pod's specification
