namespace WsusDashboard.PowerShell.Client;

/// <summary>A list of the API, read page by page while it's asked for.</summary>
internal static class PagedList
{
    private const int PageSize = 200;
    private const ulong LastPage = 1_000_000;

    /// <param name="skip">Rows to leave out at the beginning.</param>
    /// <param name="first">Most rows.</param>
    /// <param name="tellTotal">Called once, before the first row, with how many there are.</param>
    public static IEnumerable<JsonValue> Read(WsdConnection connection, string path, ApiQuery query, ulong skip, ulong first, Action<ulong>? tellTotal, CancellationToken cancellationToken)
    {
        // Fewer rows than a page are asked for as they are; else pages are whole, and rows before the first are passed over.
        var size = skip == 0 && first is > 0 and < PageSize ? first : PageSize;
        var page = (skip / size) + 1;
        var passed = skip % size;
        for (var told = false; page <= LastPage; page++)
        {
            // What was asked for apart from the page stays the same.
            var found = connection.Get($"{path}{With(query, page, size)}", cancellationToken);
            var total = (ulong)Math.Max(0, found["total"].Number ?? 0);
            if (!told)
            {
                tellTotal?.Invoke(total);
                told = true;
            }

            var rows = 0UL;
            foreach (var row in found["items"].Items)
            {
                rows++;
                if (passed > 0)
                {
                    passed--;
                    continue;
                }

                if (first == 0)
                {
                    yield break;
                }

                first--;
                yield return row;
            }

            if (first == 0 || rows < size || page * size >= total)
            {
                yield break;
            }
        }
    }

    private static string With(ApiQuery query, ulong page, ulong size)
    {
        var paging = new ApiQuery().Add("page", (long)page).Add("pageSize", (long)size).ToString();
        var asked = query.ToString();
        return asked.Length == 0 ? paging : $"{asked}&{paging.Substring(1)}";
    }
}
