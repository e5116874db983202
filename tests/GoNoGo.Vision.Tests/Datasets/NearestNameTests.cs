using GoNoGo.Vision.Datasets;
using Xunit;

namespace GoNoGo.Vision.Tests.Datasets;

public sealed class NearestNameTests
{
    [Theory]
    [InlineData("botle", "bottle")]
    [InlineData("BOTTLE", "bottle")]
    [InlineData("bottel", "bottle")]
    [InlineData("vtald", "vtadl")]
    [InlineData("transitor", "transistor")]
    [InlineData("scr", "screw")]
    [InlineData("screws", "screw")]
    [InlineData("zipper", null)]
    [InlineData("3", null)]
    [InlineData("", null)]
    public void The_nearest_is_found_or_none(string given, string? expected) =>
        Assert.Equal(expected, NearestName.Of(given, ["5", "bottle", "screw", "transistor", "vtadl"]));

    [Fact]
    public void Up_to_a_third_of_the_letters_may_be_wrong()
    {
        // One edit in a name of three letters is near, two are not.
        Assert.Equal("abc", NearestName.Of("acb", ["abc"]));
        Assert.Equal("abc", NearestName.Of("abd", ["abc"]));
        Assert.Null(NearestName.Of("cab", ["abc"]));
        Assert.Equal("abcdef", NearestName.Of("badcef", ["abcdef"]));
        Assert.Null(NearestName.Of("badcfe", ["abcdef"]));
    }
}
