using System.Globalization;
using System.Text.Json;
using WsusDashboard.Simulator.Estates;

namespace WsusDashboard.Simulator.Demo;

/// <summary>What a team says about its servers, over REST as a script would: tags, owners, notes, and two views that everyone shares. What somebody has said already stays.</summary>
internal sealed class DemoDescriptions(HttpClient client)
{
    private const int DescribedServers = 12;

    private static readonly string[][] Tags = [["Ring 1", "branch"], ["Ring 2"], ["Ring 2", "data centre"], ["branch"], ["Ring 3", "virtual"], ["data centre", "virtual"]];
    private static readonly string[] Owners = ["Team Bern", "", "Anna Keller", "Team Basel"];
    private static readonly string[] Notes = ["Don't restart it between 06:00 and 08:00: the shop floor boots then.", "", "", "The disk was replaced in October; the old one is in the cupboard, labelled.", "", ""];

    private static readonly (string Name, string Query)[] Views = [("Ring 1, worst first", "tag=Ring 1"), ("Team Bern's critical servers", "health=critical&owner=Team Bern")];

    /// <param name="servers">All of the estate.</param>
    /// <param name="known">Their numbers in the dashboard, by name.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task WriteAsync(IReadOnlyList<SimulatedServer> servers, IReadOnlyDictionary<string, int> known, CancellationToken cancellationToken)
    {
        var described = servers.Where(server => known.ContainsKey(server.Name)).Take(DescribedServers).Select((server, index) => (known[server.Name], index)).ToList();
        foreach (var (id, index) in described)
        {
            var path = string.Create(CultureInfo.InvariantCulture, $"/api/v1/servers/{id}/description");
            var shown = await client.GetFromJsonAsync<JsonElement>(path, cancellationToken);
            if (shown.GetProperty("revision").GetString() == "0")
            {
                await SendAsync(HttpMethod.Patch, path, new { tags = Tags[index % Tags.Length], owner = Owners[index % Owners.Length], notes = Notes[index % Notes.Length] }, string.Create(CultureInfo.InvariantCulture, $"took no description of server {id}"), cancellationToken);
            }
        }

        if ((await client.GetFromJsonAsync<JsonElement>("/api/v1/views", cancellationToken)).GetProperty("total").GetInt32() > 0)
        {
            return;
        }

        foreach (var (name, query) in Views)
        {
            await SendAsync(HttpMethod.Post, "/api/v1/views", new { name, query, shared = true }, $"saved no view \"{name}\"", cancellationToken);
        }
    }

    private async Task SendAsync(HttpMethod method, string path, object body, string failure, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, path) { Content = JsonContent.Create(body) };
        using var answer = await client.SendAsync(request, cancellationToken);
        await DemoDashboard.CheckAsync(answer, failure, cancellationToken);
    }
}
