using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Shared.Baselines;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Dashboard.Features.Servers;

/// <summary>Checks what was entered about a server; all mistakes at once.</summary>
internal static class ServerValidation
{
    private const int DefaultAgentPort = 5101;

    public static IReadOnlyList<FieldError> Check(ServerInput input)
    {
        var errors = new List<FieldError>();
        if (input.Name is { } name && (name.Trim().Length > ServerInput.MaximumNameLength || !PlainText.IsPlain(name.Trim())))
        {
            errors.Add(new("name", $"The name has {name.Trim().Length} characters. Allowed: 1 to {ServerInput.MaximumNameLength}, without control and format characters."));
        }

        if (input.Site is { } site && (site.Trim().Length > ServerInput.MaximumSiteLength || !PlainText.IsPlain(site.Trim())))
        {
            errors.Add(new("site", $"The site has {site.Trim().Length} characters. Allowed: 0 to {ServerInput.MaximumSiteLength}, without control and format characters."));
        }

        if (!string.IsNullOrWhiteSpace(input.Baseline) && BaselineCatalog.Find(input.Baseline) is null)
        {
            errors.Add(new("baseline", $"\"{input.Baseline}\" is not a baseline. Allowed: {string.Join(", ", BaselineCatalog.All.Select(baseline => baseline.Id))}."));
        }

        if (CheckAddress(input.Address, out _) is { } error)
        {
            errors.Add(error);
        }

        return errors;
    }

    /// <summary>Null where the address can be used.</summary>
    public static FieldError? CheckAddress(string? text, out Uri? address)
    {
        address = null;
        const string allowed = "Allowed: https://host:port, host:port or host";
        var trimmed = (text ?? "").Trim();
        if (trimmed.Length == 0)
        {
            return new("address", $"The address is missing. {allowed}.");
        }

        if (trimmed.Length > ServerInput.MaximumAddressLength)
        {
            return new("address", $"The address has {trimmed.Length} characters. Allowed: at most {ServerInput.MaximumAddressLength}.");
        }

        if (OutboundAddress.IsRight(trimmed))
        {
            address = new Uri(trimmed);
            return null;
        }

        if (!TryComplete(trimmed, out var uri))
        {
            return new("address", $"\"{trimmed}\" is not an agent's address. {allowed}.");
        }

        if (uri.Scheme == Uri.UriSchemeHttp)
        {
            return new("address", $"\"{trimmed}\" is plain HTTP, but agents answer a dashboard over TLS only. Allowed: https://{uri.Authority}.");
        }

        if (uri.UserInfo.Length > 0 || uri.Query.Length > 0 || uri.Fragment.Length > 0 || uri.AbsolutePath != "/")
        {
            return new("address", $"\"{trimmed}\" has more than a scheme, host and port. {allowed}.");
        }

        address = new Uri(uri.GetLeftPart(UriPartial.Authority).ToLowerInvariant());
        return null;
    }

    /// <summary>One way of writing an address, so that the same is found twice.</summary>
    public static string Normal(Uri address) => address.Scheme == OutboundAddress.Scheme ? address.GetLeftPart(UriPartial.Authority) : $"{address.Scheme}://{address.Host}:{address.Port.ToString(CultureInfo.InvariantCulture)}";

    /// <summary>A host alone is enough: agents speak TLS, on port 5101 unless somebody chose another.</summary>
    private static bool TryComplete(string text, [NotNullWhen(true)] out Uri? uri)
    {
        if (!text.Contains("://", StringComparison.Ordinal))
        {
            text = $"https://{text}";
            if (Uri.TryCreate(text, UriKind.Absolute, out uri) && uri.IsDefaultPort && !uri.Authority.EndsWith(":443", StringComparison.Ordinal) && uri is { AbsolutePath: "/", Query: "" })
            {
                text = string.Create(CultureInfo.InvariantCulture, $"https://{uri.Host}:{DefaultAgentPort}");
            }
        }

        return Uri.TryCreate(text, UriKind.Absolute, out uri) && uri.Scheme is "http" or "https" && uri.Host.Length > 0;
    }
}
