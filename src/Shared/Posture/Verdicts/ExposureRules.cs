namespace WsusDashboard.Shared.Posture.Verdicts;

/// <summary>Who can reach WSUS, what its processes may do, whether anything uses the role, and what matches a published sign (care.md, 1.3 and 1.4).</summary>
internal static class ExposureRules
{
    private const string FirstSteps =
        "First, block inbound TCP 8530 and 8531 on the server's own firewall and leave the server running. Keep its memory and logs, and call whoever handles incidents, before anything is restarted, cleaned up or repaired.";

    private static readonly string[] AllAddresses = ["*", "", "0.0.0.0", "[::]", "::"];

    public static IEnumerable<PostureFinding> Assess(PostureContext context) => [.. Ports(context), .. Rights(context), .. Role(context), .. Signs(context)];

    private static IEnumerable<PostureFinding> Ports(PostureContext context)
    {
        var (site, firewall) = (context.Facts.Site, context.Facts.Firewall);
        if (!context.HasSite)
        {
            yield break;
        }

        if (firewall.ReadAt is null || firewall.Problem.Length > 0)
        {
            yield return PostureContext.CannotSay(PostureFindingIds.FirewallUnread, PostureKind.Exposure, "Firewall not read", firewall.Problem.Length > 0 ? firewall.Problem : "the agent hasn't read it yet",
                "Look at the inbound rules in Windows Defender Firewall with Advanced Security.", PostureSeverity.Information);
            yield break;
        }

        if (firewall.IsOn is false)
        {
            yield return Found(PostureFindingIds.FirewallOff, PostureSeverity.Warning, "Windows' firewall is off", "Whoever reaches the server over the network reaches every port of it.",
                "Switch the firewall on, and let in only what needs WSUS.", Certainty.FromMemory, Sources.Firewall, new PostureEvidence("Firewall", "off in at least one profile", "WMI, MSFT_NetFirewallProfile", firewall.ReadAt));
        }

        var open = site.Bindings.Where(binding => AllAddresses.Contains(binding.Address)).ToList();
        if (open.Count > 0 && firewall.Rules.FirstOrDefault(rule => rule.IsForEveryone) is { } everyone)
        {
            yield return Found(PostureFindingIds.FirewallOpen, PostureSeverity.Information, "The firewall lets everyone in", "Whoever reaches the server over the network reaches WSUS. Whether the internet does isn't visible on the server.",
                "Limit the rule's remote addresses to the networks of your clients, downstream servers and sites.", Certainty.FromMemory, Sources.Firewall,
                new PostureEvidence("Inbound rule", $"{everyone.Name}: ports {everyone.Ports} from {everyone.RemoteAddresses}", "WMI, MSFT_NetFirewallRule", firewall.ReadAt),
                new PostureEvidence("Bound to all addresses", string.Join(", ", open.Select(binding => $"{binding.Protocol} {binding.Port}")), "IIS", site.ReadAt));
        }
    }

    private static IEnumerable<PostureFinding> Rights(PostureContext context)
    {
        var iis = context.Snapshot.Iis;
        if (iis.Value?.WsusPool is { Settings.IdentityType: "LocalSystem" } pool)
        {
            yield return Found(PostureFindingIds.PoolIdentity, PostureSeverity.Warning, $"{pool.Name} runs as Local System", "Whoever takes WSUS over has every right on the server.",
                "Set the pool's identity to NetworkService, WSUS's own default.", Certainty.Inferred, Sources.BestPractices, new PostureEvidence($"Identity of {pool.Name}", pool.Settings.IdentityType, "IIS", iis.ReadAt));
        }

        if (context.Snapshot.Wsus.Value is { DatabaseServer.Length: > 0 } wsus && !IsHere(wsus.DatabaseServer, context.Snapshot.Agent.ComputerName))
        {
            yield return Found(PostureFindingIds.DatabaseNotEncrypted, PostureSeverity.Information, "SUSDB is on another server", "What WSUS and its SQL Server say to each other isn't protected by TLS unless SQL Server demands it; whether it does wasn't read.",
                "Let SQL Server demand encryption and Extended Protection, as Microsoft asks since July 2026.", Certainty.Sourced, Sources.BestPractices, new PostureEvidence("SQL Server of SUSDB", wsus.DatabaseServer, "Registry, SqlServerName", context.Snapshot.Wsus.ReadAt));
        }
    }

    private static IEnumerable<PostureFinding> Role(PostureContext context)
    {
        var role = context.Facts.Role;
        if (role.Problem.Length > 0)
        {
            yield return PostureContext.CannotSay(PostureFindingIds.RoleUnread, PostureKind.UnusedRole, "Role not read", role.Problem, "Look at the server's roles in Server Manager.", PostureSeverity.Information);
        }

        if (role.IsInstalled is not true)
        {
            yield break;
        }

        var setUp = new PostureEvidence("UpdateServices-Services", role.IsSetUp switch { true => "set up", false => "not set up", null => "not known" }, "Registry, Installed Role Services", role.ReadAt);
        if (role.IsSetUp is false)
        {
            yield return Unused(PostureFindingIds.RoleNotSetUp, "WSUS is installed and was never set up", setUp);
            yield break;
        }

        var (wsus, counts) = (context.Snapshot.Wsus.Value, context.Snapshot.Wsus.Value?.Counts);
        if (role.HasSoftwareUpdatePoint is false && counts is { Computers: 0 } && wsus!.DownstreamServers.Count == 0)
        {
            yield return Unused(PostureFindingIds.RoleUnused, "Nothing seems to use WSUS", setUp,
                new PostureEvidence("Computers", "0", "WSUS", wsus.CountsReadAt), new PostureEvidence("Downstream servers in the last 30 days", "0", "WSUS", context.Snapshot.Wsus.ReadAt),
                new PostureEvidence("Software update point", "none here", "Registry", role.ReadAt));
        }
    }

    private static IEnumerable<PostureFinding> Signs(PostureContext context)
    {
        var signs = context.Facts.Signs;
        if (!context.MayHaveRole)
        {
            yield break;
        }

        if (signs.Signs.Count > 0)
        {
            yield return new PostureFinding
            {
                Id = PostureFindingIds.CompromiseSign,
                Kind = PostureKind.CompromiseSign,
                Severity = PostureSeverity.Critical,
                Title = "Something matches a published sign of an attack",
                Reference = "CVE-2025-59287",
                Date = signs.Signs.Select(sign => sign.At).Max(),
                Allows = "It may be an attack on WSUS, or an administrator's own work; only someone who looks can tell.",
                Mends = FirstSteps,
                LowersRisk = "Block inbound TCP 8530 and 8531 on the server's own firewall; clients then get no updates.",
                Evidence = [.. signs.Signs.Take(20).Select(Describe)],
                Source = Sources.Signs,
                Certainty = Certainty.Sourced,
            };
        }

        if (signs.ReadAt is null || signs.Problem.Length > 0)
        {
            yield return PostureContext.CannotSay(PostureFindingIds.SignsUnread, PostureKind.CompromiseSign, "Processes not looked at", signs.Problem.Length > 0 ? signs.Problem : "the agent hasn't looked yet",
                "Look at the processes that w3wp.exe and WsusService.exe started.", PostureSeverity.Information);
        }

        if (signs.EventsProblem.Length > 0)
        {
            yield return PostureContext.CannotSay(PostureFindingIds.SignEventsUnread, PostureKind.CompromiseSign, "Events not looked through", signs.EventsProblem,
                "Look for event 7053 of Windows Server Update Services in the Application log.", PostureSeverity.Information);
        }
    }

    private static PostureEvidence Describe(CompromiseSign sign) => sign.Kind is CompromiseSignKind.EventText
        ? new($"Event {sign.Subject}", $"its text has {string.Join(", ", sign.Words)}", "Application log, Windows Server Update Services", sign.At)
        : new($"Process of {sign.Parent}", sign.Words.Count > 0 ? $"{sign.Subject}, with {string.Join(", ", sign.Words)}" : sign.Subject, "WMI, Win32_Process", sign.At);

    private static PostureFinding Unused(string id, string title, params PostureEvidence[] evidence) => new()
    {
        Id = id,
        Kind = PostureKind.UnusedRole,
        Severity = PostureSeverity.Warning,
        Title = title,
        Allows = "A role that nobody uses is still open to every vulnerability of WSUS.",
        Mends = "Remove the role if nobody needs it.",
        LowersRisk = "Block inbound TCP 8530 and 8531 on the server's own firewall.",
        Evidence = [.. evidence],
        Source = Sources.Product,
        Certainty = Certainty.Inferred,
    };

    private static bool IsHere(string databaseServer, string computerName) =>
        databaseServer.Split('\\', ',')[0].Trim() is var name && (name is "." or "(local)" || string.Equals(name.Split('.')[0], computerName.Split('.')[0], StringComparison.OrdinalIgnoreCase)
        || string.Equals(name, "localhost", StringComparison.OrdinalIgnoreCase));

    private static PostureFinding Found(string id, PostureSeverity severity, string title, string allows, string mends, Certainty certainty, string source, params PostureEvidence[] evidence) => new()
    {
        Id = id,
        Kind = PostureKind.Exposure,
        Severity = severity,
        Title = title,
        Allows = allows,
        Mends = mends,
        Evidence = [.. evidence],
        Source = source,
        Certainty = certainty,
    };
}
