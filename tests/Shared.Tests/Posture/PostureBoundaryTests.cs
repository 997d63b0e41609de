using CsCheck;
using WsusDashboard.Shared.Posture;
using WsusDashboard.Shared.Posture.Verdicts;

namespace WsusDashboard.Shared.Tests.Posture;

/// <summary>Around each first fixed revision of each product, and over any builds.</summary>
public sealed class PostureBoundaryTests
{
    public static TheoryData<string, int, int> Boundaries =>
    [
        .. from vulnerability in PostureServer.Table.Vulnerabilities
           from fix in vulnerability.Fixes
           where fix.Revision is not null
           let build = PostureServer.Table.Products.Single(product => product.Id == fix.ProductId).Number
           select (vulnerability.Cve, build, fix.Revision!.Value),
    ];

    [Theory]
    [MemberData(nameof(Boundaries))]
    public void Assess_AroundTheFirstFixedRevision_OpensBelowIt(string cve, int build, int revision)
    {
        Assert.NotNull(Find(cve, build, revision - 1));
        Assert.Null(Find(cve, build, revision));
        Assert.Null(Find(cve, build, revision + 1));
        Assert.Equal(PostureSeverity.Critical, Find(cve, build, revision - 1)!.Severity);
    }

    [Fact]
    public void Assess_AroundThePartialFix_SaysSo()
    {
        var worst = PostureServer.Table.Vulnerabilities.Single(vulnerability => vulnerability.IsExploited);
        Assert.All(worst.Fixes, fix =>
        {
            var build = PostureServer.Table.Products.Single(product => product.Id == fix.ProductId).Number;

            Assert.Equal(PostureAnswer.Found, Find(worst.Cve, build, fix.PartialFrom!.Value - 1)!.Answer);
            Assert.Equal(PostureAnswer.PartlyFixed, Find(worst.Cve, build, fix.PartialFrom.Value)!.Answer);
            Assert.Equal(PostureAnswer.PartlyFixed, Find(worst.Cve, build, fix.Revision!.Value - 1)!.Answer);
        });
    }

    [Fact]
    public void Assess_ANewerRevision_NeverOpensMore()
    {
        int[] builds = [.. PostureServer.Table.Products.Where(product => product.Kind is ProductKind.Windows).Select(product => product.Number)];
        Gen.Select(Gen.Int[0, builds.Length - 1], Gen.Int[0, 40_000], Gen.Int[0, 5_000]).Sample((index, revision, more) =>
        {
            var older = Open(builds[index], revision);
            var newer = Open(builds[index], revision + more);
            return newer.IsSubsetOf(older);
        });
    }

    [Fact]
    public void Assess_ABuildThatIsNotInTheTable_IsNeverWell() => Gen.Select(Gen.Int[1, 99_999], Gen.Int[0, 99_999]).Sample((build, revision) =>
        PostureServer.Table.Find(ProductKind.Windows, build) is not null
        || PostureServer.Assess(PostureServer.Windows(build, revision)).Findings.Any(finding => finding is { Id: PostureFindingIds.WindowsUnknown, Answer: PostureAnswer.CannotSay }));

    private static HashSet<string> Open(int build, int revision) =>
        [.. PostureServer.Assess(PostureServer.Windows(build, revision)).Findings.Where(finding => finding is { Kind: PostureKind.Vulnerability, Answer: not PostureAnswer.CannotSay }).Select(finding => finding.Id)];

    private static PostureFinding? Find(string cve, int build, int revision) =>
        PostureServer.Assess(PostureServer.Windows(build, revision)).Findings.SingleOrDefault(finding => finding.Id == PostureFindingIds.Vulnerability(cve) && finding.Answer is not PostureAnswer.CannotSay);
}
