using WsusDashboard.Agent.Windows.Setup;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Agent.Doctor.Probes;

/// <summary>Whether an access list lets in only whom it should: administrators, the system, services.</summary>
internal static class FolderAccessCheck
{
    /// <summary>Local System, Administrators, Creator Owner, Owner Rights.</summary>
    private static readonly string[] Expected = ["S-1-5-18", "S-1-5-32-544", "S-1-3-0", "S-1-3-4"];

    /// <summary>Every service has an identifier of its own below this one.</summary>
    private const string ServicePrefix = "S-1-5-80-";

    /// <summary>Groups that hold whoever is signed in; others may be an account that was given to the service.</summary>
    private static readonly Dictionary<string, string> Everybody = new(StringComparer.OrdinalIgnoreCase)
    {
        ["S-1-1-0"] = "Everyone",
        ["S-1-5-11"] = "Authenticated Users",
        ["S-1-5-32-545"] = "Users",
        ["S-1-5-4"] = "Interactive",
        ["S-1-5-7"] = "Anonymous",
        ["S-1-5-32-546"] = "Guests",
        ["group"] = "group (file mode)",
        ["others"] = "others (file mode)",
    };

    /// <summary>Who may read or change the folder though nobody should; empty where it is closed.</summary>
    public static IReadOnlyList<string> Strangers(IReadOnlyList<FolderGrant> grants) =>
        [.. grants.Where(grant => Everybody.ContainsKey(grant.AccountId)).Select(grant => $"{Everybody[grant.AccountId]} ({grant.Rights})").Distinct()];

    /// <summary>The list in words, for the report.</summary>
    public static string Describe(IReadOnlyList<FolderGrant> grants)
    {
        var others = grants.Where(grant => !Expected.Contains(grant.AccountId, StringComparer.OrdinalIgnoreCase) && !grant.AccountId.StartsWith(ServicePrefix, StringComparison.OrdinalIgnoreCase))
            .Select(grant => grant.AccountId).Distinct().ToList();
        return others.Count == 0 ? "open to administrators and the service only" : $"open to {Wording.List(others)} too";
    }
}
