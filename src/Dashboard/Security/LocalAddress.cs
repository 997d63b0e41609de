namespace WsusDashboard.Dashboard.Security;

/// <summary>Where a person goes after the sign-in: a page of this dashboard, never another site.</summary>
public static class LocalAddress
{
    private const int MaximumLength = 2_000;

    /// <summary>The address where it is a path here, else the home page. A browser writes an address in printable ASCII; anything else is no header either.</summary>
    public static string OrHome(string? address) =>
        address is { Length: > 0 and <= MaximumLength }
        && address[0] == '/'
        && !(address.Length > 1 && address[1] is '/' or '\\')
        && address.All(character => character is > ' ' and <= '~')
            ? address
            : "/";
}
