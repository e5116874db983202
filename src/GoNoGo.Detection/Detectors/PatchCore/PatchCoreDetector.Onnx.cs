using GoNoGo.Learning.Graphs.Onnx;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Memory;

namespace GoNoGo.Detection.Detectors.PatchCore;

/// <content>
/// The ONNX form: the nearest patch by |m|^2 - 2 x m, one matrix product with the bank, then the distance to that patch itself: a difference of
/// large squares would not be 0 where the patch is one of the bank. Patches and bank have the bank's mean subtracted first, which keeps these
/// squares small.
/// </content>
public sealed partial class PatchCoreDetector
{
    /// <inheritdoc/>
    public override string? ReasonAgainstExport => null;

    private protected override ExportedScoring ExportHead(OnnxBuilder onnx, IReadOnlyList<OnnxResult> levels)
    {
        var bank = new ExportedBank(onnx, _bank);
        OnnxResult rows = bank.Centred(Stack.Export(onnx, levels));
        OnnxResult nearest = bank.Rows(onnx.Squeeze(bank.Nearest(rows), 2));
        OnnxResult scores = Length(onnx, onnx.Subtract(rows, nearest), 2);
        OnnxResult score = ExportReduction(onnx, scores);
        int neighbours = NeighbourWeight.Count(_neighbours, _bank);
        return new ExportedScoring(
            neighbours < 2 ? score : onnx.Multiply(score, Weight(onnx, bank, rows, scores, neighbours)),
            ExportMap(onnx, onnx.Reshape(scores, 0, Stack.Rows, Stack.Columns), Stack.Rows, Stack.Columns));
    }

    /// <summary><see cref="NeighbourWeight"/> of the patch with the largest score, <c>[B]</c>.</summary>
    private static OnnxResult Weight(OnnxBuilder onnx, ExportedBank bank, OnnxResult rows, OnnxResult scores, int count)
    {
        OnnxResult query = onnx.RowOfEach(rows, onnx.PlaceOfLargest(scores));
        OnnxResult nearest = bank.Rows(onnx.Squeeze(bank.Nearest(query), 1));
        OnnxResult around = bank.Rows(onnx.TopK(bank.Order(nearest), count, largest: false).Places);
        OnnxResult distances = Length(onnx, onnx.Subtract(around, onnx.Reshape(query, 0, 1, -1)), 2);
        OnnxResult own = onnx.Reshape(Length(onnx, onnx.Subtract(query, nearest), 1), -1, 1);
        OnnxResult sum = onnx.Sum(onnx.Exp(onnx.Subtract(distances, own)), 1);
        return onnx.Subtract(onnx.Number(1), onnx.Divide(onnx.Number(1), sum));
    }

    private static OnnxResult Length(OnnxBuilder onnx, OnnxResult vectors, int axis) => onnx.Sqrt(onnx.Sum(onnx.Square(vectors), axis));

    /// <summary>The bank in a graph.</summary>
    private sealed class ExportedBank
    {
        private readonly OnnxBuilder _onnx;
        private readonly OnnxResult _mean;
        private readonly OnnxResult _rows;
        private readonly OnnxResult _columns;
        private readonly OnnxResult _squares;

        public ExportedBank(OnnxBuilder onnx, Tensor bank)
        {
            _onnx = onnx;
            float[] mean = Mean(bank);
            _mean = onnx.Constant("patchcore.mean", new Shape(mean.Length), scope => scope.From(mean, new Shape(mean.Length)));
            _rows = onnx.Constant("patchcore.bank", bank.Shape, scope => Centred(bank, mean, scope));
            _columns = onnx.Transpose(_rows, 1, 0);
            _squares = onnx.Constant("patchcore.squares", new Shape(bank.Shape[0]), scope => Squares(Centred(bank, mean, scope), scope));
        }

        /// <summary>Patches minus the bank's mean.</summary>
        public OnnxResult Centred(OnnxResult patches) => _onnx.Subtract(patches, _mean);

        /// <summary>Centred rows of the bank by number.</summary>
        public OnnxResult Rows(OnnxResult numbers) => _onnx.Gather(_rows, numbers);

        /// <summary>The numbers of the rows nearest to centred vectors <c>[.., D]</c>, <c>[.., 1]</c>.</summary>
        public OnnxResult Nearest(OnnxResult vectors) => _onnx.PlaceOfSmallest(Order(vectors));

        /// <summary>What orders the rows by their distance to centred vectors <c>[.., D]</c>: the squared distance less the vector's own square, <c>[.., n]</c>.</summary>
        public OnnxResult Order(OnnxResult vectors) => _onnx.Add(_onnx.Multiply(_onnx.MatMul(vectors, _columns), _onnx.Number(-2)), _squares);

        private static float[] Mean(Tensor bank)
        {
            (int rows, int width) = (bank.Shape[0], bank.Shape[1]);
            var sums = new double[width];
            for (int row = 0; row < rows; row++)
            {
                ReadOnlySpan<float> values = bank[row].Span;
                for (int i = 0; i < width; i++)
                {
                    sums[i] += values[i];
                }
            }

            return Array.ConvertAll(sums, sum => (float)(sum / rows));
        }

        private static Tensor Centred(Tensor bank, float[] mean, TensorScope scope)
        {
            Tensor centred = scope.New(bank.Shape);
            for (int row = 0; row < bank.Shape[0]; row++)
            {
                ReadOnlySpan<float> values = bank[row].Span;
                Span<float> target = centred[row].Span;
                for (int i = 0; i < mean.Length; i++)
                {
                    target[i] = values[i] - mean[i];
                }
            }

            return centred;
        }

        private static Tensor Squares(Tensor rows, TensorScope scope)
        {
            Tensor squares = scope.New(new Shape(rows.Shape[0]));
            for (int row = 0; row < rows.Shape[0]; row++)
            {
                double sum = 0;
                foreach (float value in rows[row].Span)
                {
                    sum += (double)value * value;
                }

                squares.Span[row] = (float)sum;
            }

            return squares;
        }
    }
}
