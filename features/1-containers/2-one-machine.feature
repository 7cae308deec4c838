@problem-1 @core
Feature: Problem 1: containers of a pod share one address, one name and one set of ports
  The pod has the address, not the container. All of its containers see the same interfaces and the same
  hostname: the application containers, the init containers before them, and the sidecars that run at the same
  time. They "must coordinate how they use the shared network resources (such as ports)" ([pods][PN]).

  When this breaks, an init container fetches a certificate for another address than the application has. The
  logs of two containers of one pod seem to come from two machines.

  [PN]: https://kubernetes.io/docs/concepts/workloads/pods/#pod-networking

  Rule: All containers have the same IP addresses
    @C03
    Scenario: application containers report the same addresses
      Given a pod with several containers on every node
      When every application container reports its addresses
      Then all containers of a pod report the same
      And every report has the pod's status.podIP

  Rule: Siblings cannot bind the same port
  A bind that succeeded would mean two network namespaces. A free port is bound at the same time, so that a
  container that cannot bind any port does not pass.

    @C04
    Scenario Outline: a second container cannot bind a <protocol> port that its sibling holds
      Given a pod with several containers on every node
      When a second container binds the <protocol> port that its sibling holds
      Then its sibling's port cannot be bound at the same time
      And a free port can be bound at the same time

      Examples:
        | protocol |
        | TCP      |
        | UDP      |

  Rule: Init and sidecar containers share the pod IP
    @C05
    Scenario: init and sidecar containers report the pod's address
      Given a pod with several containers on every node
      When every init, sidecar and application container reports its addresses
      Then all containers of a pod report the same
      And every report has the pod's status.podIP

  Rule: All containers see the pod's name as hostname
    @C06
    Scenario: containers report one hostname
      Given a pod with several containers on every node
      When every init, sidecar and application container reports its hostname
      Then all containers of a pod report the same
      And every report is the pod's name

  Rule: A restarted container keeps the pod's address
  The address belongs to the pod for its whole life. Containers come and go inside it.

    @C08 @disrupt @makes-pods
    Scenario: the pod keeps its IP when one container restarts
      Given a pod of its own with two containers on every node
      When one container of every pod restarts
      Then the pod has the address that it had before
      And every container of the pod answers
