/// The `MESSAGE_ID` of each event, by which `journalctl --catalog` finds what it means in `systemd/lobbyd.catalog`.
///
/// An id never changes and is never given to another event: operators search for it. `systemd-id128 new` makes one.
enum MessageIDs {
    static let byEvent: [String: String] = [
        "starting": "12c8bacb2a5d4c8aa7df20e74d0422c7",
        "listener.bound": "89583b78efde404495031f442e95d5b3",
        "listener.failed": "3019d77aca8145f59af97dd4cbafec4b",
        "listener.lost": "06b41120bbe344b49fdd6f090e698932",
        "listener.reopened": "022c7006811c4e4f969cb63987dc9b83",
        "listener.exhausted": "ed86fbae862c4b32b32d83d5ec5b805d",
        "listener.receive_buffer": "3f23a2a6814b4b13adefe3c4aa7e4456",
        "limit.reached": "0221445965d2441db8a46f1d968cfb6c",
        "limit.over": "e10bf484b6c2444db7c0e4b332e57cc0",
        "limit.descriptors": "497addeedb904cc49cabac907478ba8b",
        "limit.unproven": "fff831938c9f43edaed366a820a5abee",
        "socket.refused": "2061361effc54257a4192a6f6ab9ed63",
        "ready": "7d9553a3d18f43778595b5c2eed6a807",
        "connection.opened": "ca9d9bd8646e4c7a9124404edc572f1f",
        "connection.closed": "f6463dc561d74a85b52bccc830beb6c8",
        "connection.refused": "46e287c4824c4ea792bdea758feac4a2",
        "datagrams.lost": "c9b3e87d976f4d558ae24f7c4f61366b",
        "log.suppressed": "15ab1a9e254443c5aa2c14d590df5e0e",
        "log.dropped": "e8c8cd5838d8423f851d6cef21558b8f",
        "watchdog.late": "31340628db5742fdbab2eb76e5410e4d",
        "reload.applied": "b6145a6ca305495e91bc4c458ff9fee9",
        "reload.rejected": "b88dee3cc7134cbc9dc52c4440e61a0f",
        "reload.needs_restart": "f189ec562a774dbf83e10dfab9cc4d9d",
        "admin.command": "cc91f3b4232748faac62114b07cea621",
        "control.failed": "6ecec65aeb4e465d921d8efc9edecccb",
        "control.unavailable": "5a5b89f4034146aeb550e2877f86f20c",
        "shutdown.started": "b936c475c71b4e548079714f1c87543e",
        "shutdown.finished": "e18d6fbfbf8c434d95b2a2f4312c799f",
    ]
}
