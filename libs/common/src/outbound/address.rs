//! Which addresses a delivery may be made to. Not here: how a name becomes an address, the parent.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

/// Networks of IPv4 that are not the public Internet (IANA special-purpose registry, RFC 6890), multicast, and the one public address at which a
/// large cloud answers its own machines about themselves.
const NOT_PUBLIC_4: [(Ipv4Addr, u8); 16] = [
    (Ipv4Addr::new(0, 0, 0, 0), 8),
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    (Ipv4Addr::new(100, 64, 0, 0), 10),
    (Ipv4Addr::new(127, 0, 0, 0), 8),
    (Ipv4Addr::new(168, 63, 129, 16), 32),
    (Ipv4Addr::new(169, 254, 0, 0), 16),
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    (Ipv4Addr::new(192, 0, 0, 0), 24),
    (Ipv4Addr::new(192, 0, 2, 0), 24),
    (Ipv4Addr::new(192, 88, 99, 0), 24),
    (Ipv4Addr::new(192, 168, 0, 0), 16),
    (Ipv4Addr::new(198, 18, 0, 0), 15),
    (Ipv4Addr::new(198, 51, 100, 0), 24),
    (Ipv4Addr::new(203, 0, 113, 0), 24),
    (Ipv4Addr::new(224, 0, 0, 0), 4),
    (Ipv4Addr::new(240, 0, 0, 0), 4),
];
/// All of IPv6 that is routed publicly.
const UNICAST_6: (Ipv6Addr, u8) = (Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3);
/// What of it is not the public Internet: protocol assignments with Teredo, documentation, 6to4.
const NOT_PUBLIC_6: [(Ipv6Addr, u8); 4] = [
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23),
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32),
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16),
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20),
];
/// A translator's addresses, with an IPv4 address in their last four bytes (RFC 6052).
const TRANSLATED: (Ipv6Addr, u8) = (Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, 0, 0), 96);

/// Whether an address is one of the public Internet.
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_4(address),
        IpAddr::V6(address) if holds_6(TRANSLATED, &address) => {
            let [.., a, b, c, d] = address.octets();
            is_public_4(Ipv4Addr::new(a, b, c, d))
        }
        IpAddr::V6(address) => holds_6(UNICAST_6, &address) && !NOT_PUBLIC_6.iter().any(|network| holds_6(*network, &address)),
    }
}

/// Whether a delivery may be made to an address: a public one, or one of these networks, of which a mapped IPv4 address is a member as itself.
pub(super) fn is_permitted(address: IpAddr, allowed: &[IpNet]) -> bool {
    is_public(address) || is_allowed(address, allowed)
}

/// Whether an address is in these networks.
pub(super) fn is_allowed(address: IpAddr, allowed: &[IpNet]) -> bool {
    let plain = address.to_canonical();
    allowed.iter().any(|network| network.contains(&plain))
}

fn is_public_4(address: Ipv4Addr) -> bool {
    !NOT_PUBLIC_4.iter().any(|(network, length)| Ipv4Net::new(*network, *length).is_ok_and(|network| network.contains(&address)))
}

fn holds_6((network, length): (Ipv6Addr, u8), address: &Ipv6Addr) -> bool {
    Ipv6Net::new(network, length).is_ok_and(|network| network.contains(address))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// IANA IPv4 and IPv6 special-purpose address registries; RFC 1918, 3927, 4193, 4291, 6598, 6890; the metadata addresses of the large clouds.
    #[test]
    fn what_is_not_the_public_internet_is_refused() {
        for refused in [
            "0.0.0.0",
            "0.255.255.255",
            "10.0.0.1",
            "10.255.255.255",
            "100.64.0.1",
            "100.100.100.200", // Alibaba Cloud: metadata.
            "100.127.255.255",
            "127.0.0.1",
            "127.255.255.254",
            "168.63.129.16",   // Azure: the host of a machine.
            "169.254.169.254", // AWS, Azure, Google, Tencent: metadata.
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.192", // Oracle: metadata.
            "192.0.2.1",
            "192.88.99.1",
            "192.168.0.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "239.255.255.255",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::127.0.0.1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::ffff:8.8.8.8",
            "64:ff9b::7f00:1",
            "64:ff9b::a9fe:a9fe",
            "64:ff9b:1::1",
            "100::1",
            "2001::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "3fff::1",
            "fc00::1",
            "fd00:ec2::254", // AWS: metadata.
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ] {
            let address: IpAddr = refused.parse().unwrap();
            assert!(!is_public(address) && !is_permitted(address, &[]), "{refused}");
        }
        for public in [
            "8.8.8.8",
            "1.1.1.1",
            "114.114.114.114",
            "172.32.0.1",
            "192.167.0.1",
            "100.128.0.1",
            "2400:3200::1",
            "2606:4700::1111",
            "64:ff9b::808:808",
        ] {
            assert!(is_permitted(public.parse().unwrap(), &[]), "{public}");
        }
    }

    #[test]
    fn an_operator_may_allow_networks() {
        let allowed = ["127.0.0.0/8".parse().unwrap(), "fd00::/8".parse().unwrap()];
        for address in ["127.0.0.1", "::ffff:127.0.0.1", "fd00::1"] {
            assert!(is_permitted(address.parse().unwrap(), &allowed), "{address}");
        }
        for address in ["10.0.0.1", "::1", "fe80::1", "::ffff:10.0.0.1"] {
            assert!(!is_permitted(address.parse().unwrap(), &allowed), "{address}");
        }
    }
}
