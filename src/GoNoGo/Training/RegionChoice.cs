using System.Globalization;
using GoNoGo.Detection.Models;
using GoNoGo.Detection.Options;
using GoNoGo.Vision.Datasets;
using GoNoGo.Vision.Imaging.Regions;

namespace GoNoGo.Training;

/// <summary>The judged region of a training: what the caller gave, else what the data set has.</summary>
internal static class RegionChoice
{
    /// <exception cref="OptionException">What the caller wrote is no region.</exception>
    /// <exception cref="DatasetException">The region does not fit the pictures.</exception>
    public static JudgedRegion? Of(TrainRequest request, Category category, TrainingData data, List<string> notes)
    {
        RegionSource? interest = Choose("--roi", "region of interest", request.Region, category.InterestMask, notes);
        RegionSource? ignored = Choose("--ignore", "ignored region", request.Ignore, category.IgnoreMask, notes);
        bool oneSize = data.Widths[0] == data.Widths[^1] && data.Heights[0] == data.Heights[^1];
        if (!oneSize && (interest ?? ignored) is not null && interest is not { IsFile: true } && ignored is not { IsFile: true })
        {
            throw new DatasetException(string.Create(
                CultureInfo.InvariantCulture,
                $"rectangles need training pictures of one size, found {data.Widths[0]} x {data.Heights[0]} to {data.Widths[^1]} x {data.Heights[^1]}; give a mask file, which is scaled to each picture."));
        }

        if (JudgedRegion.Make(interest, ignored, data.Widths[^1], data.Heights[^1]) is not { } region)
        {
            return null;
        }

        notes.Add(string.Create(
            CultureInfo.InvariantCulture,
            $"{100.0 * region.Count / ((double)region.Width * region.Height):F1} % of the pixels are judged, in the box {region.Box.X},{region.Box.Y},{region.Box.Width},{region.Box.Height} of {region.Width} x {region.Height}."));
        if (!oneSize || region.Width != data.Widths[0] || region.Height != data.Heights[0])
        {
            notes.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"some training pictures have another size than the region ({region.Width} x {region.Height}), which is scaled to each of them."));
        }

        return region;
    }

    private static RegionSource? Choose(string option, string what, string? written, string? ofCategory, List<string> notes)
    {
        if (written is null)
        {
            if (ofCategory is null)
            {
                return null;
            }

            notes.Add($"the {what} is '{ofCategory}' of the data set; {option} {TrainRequest.NoRegion} leaves it out.");
            return RegionSource.OfFile(ofCategory);
        }

        if (written == TrainRequest.NoRegion)
        {
            return null;
        }

        return RegionSource.TryParse(written, out RegionSource? source, out string? problem)
            ? source
            : throw new OptionException($"{option}: {problem}");
    }
}
