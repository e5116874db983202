using GoNoGo.Tensors.Parallel;
using GoNoGo.Vision.Imaging;

namespace GoNoGo.Vision.Datasets.Description;

/// <summary>Looks at every picture of a category and adds up what it finds.</summary>
internal static class CategorySurvey
{
    public static CategoryDescription Of(Category category, DescribeOptions options, Action<int, int>? progress, CancellationToken cancellation)
    {
        DatasetItem[] items = [.. category.Train, .. category.Test];
        var findings = new Finding[items.Length];
        Workers.For(items.Length, new Body(items, findings, options, new SharedProgress(items.Length, progress), cancellation));
        PixelFindings pixels = PixelFindings.Of(items, Array.ConvertAll(findings, finding => finding.Look), category.Train.Count);

        NormalSplit split = NormalSplit.Split(category.Train.Count);
        DatasetItem[] defective = [.. category.Test.Where(item => item.IsDefective)];
        int masks = defective.Count(item => item.HasMask);
        FormatCount[] formats = Formats(findings);
        UnreadableFile[] unreadable = [.. findings.Where(finding => finding.Failure is not null).Select(finding => finding.Failure!)];
        string[] turned = [.. items.Where((_, index) => findings[index].Format is { IsTurned: true }).Select(item => item.RelativePath)];
        string[] several = [.. items.Where((_, index) => findings[index].HasPages).Select(item => item.RelativePath)];
        int empty = findings.Count(finding => finding.MaskIsEmpty);
        return new CategoryDescription
        {
            Name = category.Name,
            TrainGood = category.Train.Count,
            Fit = split.Fit.Length,
            Validation = split.Validation.Length,
            TestGood = category.Test.Count - defective.Length,
            TestDefective = defective.Length,
            Kinds = Kinds(defective),
            MasksPresent = masks,
            MasksMissing = defective.Length - masks,
            MasksEmpty = empty,
            Formats = formats,
            UnreadableCount = unreadable.Length,
            Unreadable = [.. unreadable.Take(options.ListedFiles)],
            Exposure = pixels.Exposure,
            ExposureOutlierCount = pixels.Outliers.Count,
            ExposureOutliers = [.. pixels.Outliers.Take(options.ListedFiles)],
            DuplicateCount = pixels.Duplicates.Count,
            Duplicates = [.. pixels.Duplicates.Take(options.ListedFiles)],
            NearDuplicateCount = pixels.Near.Count,
            NearDuplicates = [.. pixels.Near.Take(options.ListedFiles)],
            TurnedCount = turned.Length,
            Turned = [.. turned.Take(options.ListedFiles)],
            SeveralPagesCount = several.Length,
            SeveralPages = [.. several.Take(options.ListedFiles)],
            IgnoredFiles = category.IgnoredFiles,
            Notes = [.. category.Notes, .. AlphaNotes(findings), .. OrientationNotes(findings)],
            Problems = [.. Problems(category, split, formats, unreadable, items, findings), .. pixels.Problems(), .. PageProblems(several)],
        };
    }

    private static KindDescription[] Kinds(DatasetItem[] defective) =>
        [.. defective.GroupBy(item => item.DefectKind)
            .Select(group => new KindDescription(group.Key, group.Count(), group.Count(item => item.HasMask)))
            .OrderBy(kind => kind.Kind, StringComparer.Ordinal)];

    private static FormatCount[] Formats(Finding[] findings) =>
        [.. findings.Where(finding => finding.Format is not null).GroupBy(finding => finding.Format!.Value with { Orientation = 1, Pages = 1 })
            .Select(group => new FormatCount(group.Key.Width, group.Key.Height, group.Key.Channels, group.Key.BitDepth, group.Count()))
            .OrderByDescending(format => format.Count).ThenByDescending(format => format.Width).ThenByDescending(format => format.Height)
            .ThenBy(format => format.Channels).ThenBy(format => format.BitDepth)];

    private static string[] AlphaNotes(Finding[] findings)
    {
        int count = findings.Count(finding => finding.Format is { HasAlpha: true });
        return count == 0 ? [] : [$"{Quote.Count(count, "picture")} {(count == 1 ? "has" : "have")} an alpha channel, which is ignored."];
    }

    private static string[] OrientationNotes(Finding[] findings)
    {
        int count = findings.Count(finding => finding.Format is { IsTurned: true });
        return count == 0 ? [] : [$"{Quote.Count(count, "picture")} {(count == 1 ? "carries" : "carry")} an EXIF orientation, which is ignored: pictures are used as stored."];
    }

    private static IEnumerable<string> Problems(
        Category category, NormalSplit split, FormatCount[] formats, UnreadableFile[] unreadable, DatasetItem[] items, Finding[] findings)
    {
        if (split.Validation.Length == 0)
        {
            yield return $"{Quote.Count(category.Train.Count, "good picture")} to learn from cannot be divided into a part to fit and a part to validate on; at least 3 are needed, 50 or more are advised.";
        }

        if (unreadable.Length > 0)
        {
            yield return $"{Quote.Count(unreadable.Length, "file")} cannot be used, the first is {unreadable[0].Path}: {unreadable[0].Reason}";
        }

        int sizes = formats.Select(format => (format.Width, format.Height)).Distinct().Count();
        if (sizes > 1)
        {
            FormatCount most = formats[0];
            yield return $"The pictures have {sizes} sizes, most often {most.Width} x {most.Height} ({most.Count} of {formats.Sum(format => format.Count)}); all are resized to the model's size, which changes the scale of what they show.";
        }

        int colours = formats.Select(format => (format.Channels, format.BitDepth)).Distinct().Count();
        if (colours > 1)
        {
            string list = string.Join(", ", formats.GroupBy(format => new PictureFormat(0, 0, format.Channels, format.BitDepth).Colour)
                .Select(group => $"{group.Sum(format => format.Count)} {group.Key}"));
            yield return $"The pictures differ in channels or depth ({list}): check that they come from the same camera and settings.";
        }

        int first = Array.FindIndex(findings, finding => finding.MaskIsEmpty);
        if (first >= 0)
        {
            int count = findings.Count(finding => finding.MaskIsEmpty);
            yield return $"{Quote.Count(count, "mask")} of defective pictures {(count == 1 ? "marks" : "mark")} nothing, the first is that of {items[first].RelativePath}; pixel metrics count such pictures as normal.";
        }
    }

    private static IEnumerable<string> PageProblems(string[] several)
    {
        if (several.Length > 0)
        {
            yield return $"{Quote.Count(several.Length, "file")} {(several.Length == 1 ? "holds" : "hold")} several pictures, the first is {several[0]}; only the first picture of a file is read.";
        }
    }

    /// <summary>What was found out about one picture.</summary>
    private readonly record struct Finding(PictureFormat? Format, UnreadableFile? Failure, bool MaskIsEmpty)
    {
        public PictureLook? Look { get; init; }

        public bool HasPages { get; init; }
    }

    private readonly struct Body(DatasetItem[] items, Finding[] findings, DescribeOptions options, SharedProgress progress, CancellationToken cancellation) : IParallelBody
    {
        public void Invoke(int index)
        {
            cancellation.ThrowIfCancellationRequested();
            findings[index] = LookAt(items[index]);
            progress.Done();
        }

        private Finding LookAt(DatasetItem item)
        {
            PictureFormat format;
            ImageInfo? info = null;
            PictureLook? look = null;
            try
            {
                if (item.FilePath is { } path)
                {
                    info = PictureFile.Read(path, static file => ImageDecoder.Identify(file));
                    format = new PictureFormat(info.Value.Width, info.Value.Height, info.Value.Channels, info.Value.BitDepth) { Orientation = info.Value.Orientation };
                    if (!options.DecodePictures && FileEnd.LooksCutOff(path, format))
                    {
                        item.LoadImage().Dispose();
                    }
                }
                else
                {
                    format = item.Identify();
                }

                if (options.DecodePictures)
                {
                    using Image image = item.LoadImage();
                    look = PictureLook.Of(image);
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                return new Finding(null, new UnreadableFile(item.RelativePath, Sentence(exception)), false);
            }

            return LookAtMask(item, format) with { Look = look, HasPages = info is { Pages: > 1 } };
        }

        private Finding LookAtMask(DatasetItem item, PictureFormat format)
        {
            if (!options.CheckMasks || !item.HasMask)
            {
                return new Finding(format, null, false);
            }

            try
            {
                using Image? mask = item.LoadMask();
                bool empty = mask?.Samples8 is { } samples && !samples.AsSpan().ContainsAnyExcept((byte)0);
                return new Finding(format, null, empty);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                return new Finding(format, new UnreadableFile(item.MaskPath ?? item.RelativePath, Sentence(exception)), false);
            }
        }

        private static string Sentence(Exception exception) => exception.Message.TrimEnd('.') + ".";
    }
}
