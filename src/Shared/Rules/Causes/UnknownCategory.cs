using WsusDashboard.Shared.Text;

namespace WsusDashboard.Shared.Rules.Causes;

/// <summary>How WCM.log names a product or classification that WSUS doesn't have: "Category Product:… (Name) not found on WSUS".</summary>
internal static class UnknownCategory
{
    /// <summary>An id, a space and a name.</summary>
    private const int LongestName = 200;

    /// <summary>The first that a line names: "Product:… (Name)"; null where it names none.</summary>
    public static string? In(string text)
    {
        for (var scanner = new TextScanner(text); scanner.Find("Category ");)
        {
            var start = scanner.Position;
            if (!scanner.TakeToken(out _) || !scanner.Take(" "))
            {
                continue;
            }

            var name = scanner.Rest;
            var end = name.IndexOf("not found on WSUS", StringComparison.OrdinalIgnoreCase);
            if (end < 0)
            {
                return null;
            }

            name = name[..end].TrimEnd();
            if (name.Length <= LongestName && !name.Contains('\n'))
            {
                return text.Substring(start, scanner.Position - start + name.Length);
            }
        }

        return null;
    }
}
